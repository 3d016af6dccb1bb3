//! Keyboard, input method, mouse and finger.

use std::borrow::Cow;

use chromiumoxide::{
    Command, Method,
    cdp::browser_protocol::input::{
        DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams,
        DispatchMouseEventType, DispatchTouchEventParams, DispatchTouchEventReturns,
        DispatchTouchEventType, ImeSetCompositionParams, InsertTextParams, MouseButton, TouchPoint,
    },
    layout::Point,
};

use serde::Serialize;

use super::Page;

/// The end of a touch: the library leaves the empty list out, which the browser refuses.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct LiftFinger {
    r#type: &'static str,
    touch_points: [TouchPoint; 0],
}

impl Method for LiftFinger {
    fn identifier(&self) -> Cow<'static, str> {
        DispatchTouchEventParams::IDENTIFIER.into()
    }
}

impl Command for LiftFinger {
    type Response = DispatchTouchEventReturns;
}

impl Page {
    /// Types `text`, one character after the other.
    pub(crate) async fn type_text(&self, text: &str) {
        for character in text.chars() {
            self.insert(&character.to_string()).await;
        }
    }

    /// Puts text where the cursor is, as an input method does at the end of a composition.
    pub(crate) async fn insert(&self, text: &str) {
        self.tab.execute(InsertTextParams::new(text)).await.unwrap();
    }

    /// Shows `text` as being composed by an input method.
    pub(crate) async fn compose(&self, text: &str) {
        let end = i64::try_from(text.encode_utf16().count()).unwrap();
        self.tab.execute(ImeSetCompositionParams::new(text, end, end)).await.unwrap();
    }

    /// Presses and releases a key, by its name in `KeyboardEvent.key`.
    pub(crate) async fn key(&self, key: &str) {
        let (text, code) = match key {
            "Enter" => (Some("\r"), 13),
            "Tab" => (None, 9),
            "Escape" => (None, 27),
            "ArrowLeft" => (None, 37),
            "ArrowUp" => (None, 38),
            "ArrowRight" => (None, 39),
            "ArrowDown" => (None, 40),
            "/" => (Some("/"), 191),
            letter => (Some(letter), i64::from(letter.to_ascii_uppercase().as_bytes()[0])),
        };
        self.press(key, code, text).await;
    }

    /// Presses Enter as some browsers report it while an input method has the keyboard.
    pub(crate) async fn enter_of_input_method(&self) {
        self.press("Enter", 229, None).await;
    }

    async fn press(&self, key: &str, code: i64, text: Option<&str>) {
        let event = |kind, text: Option<&str>| {
            let mut event = DispatchKeyEventParams::new(kind);
            event.key = Some(key.to_owned());
            event.windows_virtual_key_code = Some(code);
            event.text = text.map(str::to_owned);
            event
        };
        let down = match text {
            Some(_) => DispatchKeyEventType::KeyDown,
            None => DispatchKeyEventType::RawKeyDown,
        };
        self.tab.execute(event(down, text)).await.unwrap();
        self.tab.execute(event(DispatchKeyEventType::KeyUp, None)).await.unwrap();
    }

    /// Clicks the middle of the first element that matches `selector`.
    pub(crate) async fn click(&self, selector: &str) {
        let Point { x, y } = self.middle(selector).await;
        for kind in [DispatchMouseEventType::MousePressed, DispatchMouseEventType::MouseReleased] {
            let mut event = DispatchMouseEventParams::new(kind, x, y);
            event.button = Some(MouseButton::Left);
            event.click_count = Some(1);
            self.tab.execute(event).await.unwrap();
        }
    }

    /// Touches the middle of the first element that matches `selector`.
    pub(crate) async fn tap(&self, selector: &str) {
        let Point { x, y } = self.middle(selector).await;
        let finger = DispatchTouchEventParams::new(
            DispatchTouchEventType::TouchStart,
            vec![TouchPoint::new(x, y)],
        );
        self.tab.execute(finger).await.unwrap();
        self.tab.execute(LiftFinger { r#type: "touchEnd", touch_points: [] }).await.unwrap();
    }

    /// The middle of what is visible of an element, brought into view; nothing may cover it.
    async fn middle(&self, selector: &str) -> Point {
        let find = format!(
            "(() => {{
               const element = document.querySelector(`{selector}`);
               element.scrollIntoView({{ block: 'nearest', behavior: 'instant' }});
               const box = element.getClientRects()[0];
               const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
               const top = document.elementFromPoint(x, y);
               if (!element.contains(top)) throw new Error('covered by ' + top?.outerHTML);
               return [x, y];
             }})()"
        );
        let (x, y) = self.value(&find).await;
        Point { x, y }
    }
}
