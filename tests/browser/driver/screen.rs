//! The screens of this product's users.

use chromiumoxide::{
    Page,
    cdp::browser_protocol::emulation::{
        MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
        SetFocusEmulationEnabledParams, SetTouchEmulationEnabledParams,
    },
};

/// A screen in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    width: i64,
    height: i64,
    is_phone: bool,
    is_dark: bool,
}

/// The usual screen of a helpdesk.
pub(crate) const DESKTOP: Screen =
    Screen { width: 1366, height: 768, is_phone: false, is_dark: false };

/// [`DESKTOP`] with dark colours.
pub(crate) const DESKTOP_DARK: Screen = Screen { is_dark: true, ..DESKTOP };

/// A telephone, upright.
pub(crate) const PHONE: Screen = Screen { width: 390, height: 844, is_phone: true, is_dark: false };

/// The narrowest frame that a page must fit into.
pub(crate) const NARROW: Screen =
    Screen { width: 320, height: 600, is_phone: false, is_dark: false };

/// [`PHONE`] with dark colours.
pub(crate) const PHONE_DARK: Screen = Screen { is_dark: true, ..PHONE };

/// [`DESKTOP`] at a zoom of 200 %: half the CSS pixels in both directions.
pub(crate) const ZOOMED: Screen = Screen { width: 683, height: 384, ..DESKTOP };

impl Screen {
    /// Gives a tab this screen, and the focus: of several tabs each is in front.
    pub(super) async fn apply(self, tab: &Page) {
        let scale = if self.is_phone { 2.0 } else { 1.0 };
        let metrics =
            SetDeviceMetricsOverrideParams::new(self.width, self.height, scale, self.is_phone);
        tab.execute(metrics).await.unwrap();
        tab.execute(SetTouchEmulationEnabledParams::new(self.is_phone)).await.unwrap();
        tab.execute(SetFocusEmulationEnabledParams::new(true)).await.unwrap();
        let scheme = if self.is_dark { "dark" } else { "light" };
        let scheme = MediaFeature::new("prefers-color-scheme", scheme);
        let media = SetEmulatedMediaParams::builder().feature(scheme).build();
        tab.execute(media).await.unwrap();
    }
}
