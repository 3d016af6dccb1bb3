//! Images of the knowledge base, and nothing else from its folder.
//!
//! Whoever can write an article can put any file or link there, so the kernel resolves the path
//! (never out of the folder, never through a link), the type comes from a fixed table, and the
//! answer is sandboxed. All refusals look alike.

mod body;
mod name;
mod open;

use std::{fs::File, io, os::unix::fs::MetadataExt};

use axum::{
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use self::{body::FileBody, name::media_type};
use super::{
    etag::Tag,
    headers::MEDIA_POLICY,
    params::NoParams,
    problem::{Problem, not_found},
    state::App,
};

/// Largest file served, in bytes.
const MAX_BYTES: u64 = 20 * 1024 * 1024;

/// An image that is open and may be sent.
struct Image {
    file: File,
    n_bytes: u64,
    tag: Tag,
}

/// `GET /media/{*path}`.
#[utoipa::path(
    get,
    path = "/media/{path}",
    tag = "articles",
    operation_id = "get_media",
    summary = "知识库里的图片",
    params(
        ("path" = String, Path, min_length = 1, example = "images/disk.png",
            description = "相对知识库的路径，可以含“/”；只有图片（avif、gif、jpeg、png、svg、webp），至多 20 MiB"),
    ),
    responses(
        (status = 200, description = "图片", content(
            (String = "image/avif"), (String = "image/gif"), (String = "image/jpeg"),
            (String = "image/png"), (String = "image/svg+xml"), (String = "image/webp"),
        )),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
        (status = 404, description = "没有这张图片，或不允许提供"),
    )
)]
pub(crate) async fn media(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let Ok(Path(path)) = path else { return Err(not_found().await) };
    let Some(media_type) = media_type(&path) else { return Err(not_found().await) };
    let root = app.kb_root();
    let opened = tokio::task::spawn_blocking(move || image(open::beneath(&root, &path)?));
    match opened.await.map_err(Problem::internal)? {
        Ok(image) => Ok(respond(image, media_type, &headers)),
        Err(_) => Err(not_found().await),
    }
}

/// Checks that `file` is a regular file of a size that may be sent.
fn image(file: File) -> io::Result<Image> {
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err(io::ErrorKind::NotFound.into());
    }
    // The time of the last status change: unlike that of the content, it cannot be set back.
    let numbers =
        [metadata.ino(), metadata.len(), metadata.ctime() as u64, metadata.ctime_nsec() as u64];
    let numbers = numbers.map(|number| number.to_string());
    let tag = Tag::new("media", &numbers.each_ref().map(String::as_str));
    Ok(Image { file, n_bytes: metadata.len(), tag })
}

/// The image at `path` below `root` and its size in bytes, by the rules of [`media`]; `None` when
/// it would not be served.
pub(crate) fn find(root: &std::path::Path, path: &str) -> Option<(File, u64)> {
    media_type(path)?;
    let image = image(open::beneath(root, path).ok()?).ok()?;
    Some((image.file, image.n_bytes))
}

fn respond(image: Image, media_type: &'static str, headers: &HeaderMap) -> Response {
    let policy = [(header::CONTENT_SECURITY_POLICY, MEDIA_POLICY)];
    if image.tag.matches(headers) {
        return image.tag.on((policy, image.tag.not_modified()).into_response());
    }
    let length = [(header::CONTENT_LENGTH, image.n_bytes)];
    let body = Body::new(FileBody::new(image.file, image.n_bytes));
    let kind = [(header::CONTENT_TYPE, media_type)];
    let response = (policy, kind, length, body).into_response();
    image.tag.on(if media_type == name::SVG { download(response) } else { response })
}

/// A vector image can carry scripts: it is shown inside a page, never as one.
fn download(mut response: Response) -> Response {
    let value = axum::http::HeaderValue::from_static("attachment");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn an_image_is_sent_whole_and_sandboxed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let bytes: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
        fs_err::write(&path, &bytes).unwrap();
        let opened = || image(File::open(&path).unwrap()).unwrap();
        let response = respond(opened(), "image/png", &HeaderMap::new());
        assert_eq!(response.headers()["content-security-policy"], MEDIA_POLICY);
        assert_eq!(response.headers()["content-length"], "200000");
        assert!(!response.headers().contains_key("content-disposition"));
        let tag = response.headers()["etag"].clone();
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), bytes);
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        let again = respond(opened(), "image/png", &known);
        assert_eq!(again.status(), 304);
        assert_eq!(again.headers()["content-security-policy"], MEDIA_POLICY);
    }

    #[tokio::test]
    async fn a_vector_image_is_not_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.svg");
        fs_err::write(&path, "<svg/>").unwrap();
        let image = image(File::open(&path).unwrap()).unwrap();
        let response = respond(image, name::SVG, &HeaderMap::new());
        assert_eq!(response.headers()["content-disposition"], "attachment");
    }

    #[test]
    fn folders_and_huge_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(image(File::open(folder.path()).unwrap()).is_err());
        for (n_bytes, expected) in [(MAX_BYTES, true), (MAX_BYTES + 1, false)] {
            let file = tempfile::tempfile().unwrap();
            file.set_len(n_bytes).unwrap();
            assert_eq!(image(file).is_ok(), expected, "{n_bytes}");
        }
    }
}
