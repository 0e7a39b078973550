//! Ids as names of files.

use std::collections::{HashMap, HashSet};

/// Makes ids safe as relative paths, each given out once (whatever the case of
/// its letters), and no file where another page needs a folder.
///
/// About twice the bytes of the names it gave out. However many ids ask for one name, each takes its turn
/// in constant time.
///
/// ```
/// use twicetold::report::Names;
///
/// let mut names = Names::default();
/// assert_eq!(names.safe("courier/ferry.txt"), "courier/ferry.txt");
/// assert_eq!(names.safe("courier/ferry.txt"), "courier/ferry~2.txt");
/// assert_eq!(names.safe("../../etc/passwd"), "_../_../etc/passwd");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Names {
    files: HashSet<String>,
    folders: HashSet<String>,
    /// The next number to try behind a name that was taken.
    next: HashMap<String, u64>,
}

impl Names {
    /// A path for the page `id`.
    pub fn safe(&mut self, id: &str) -> String {
        let parts: Vec<String> = id.split('/').map(safe_part).collect();
        let mut path = parts.join("/");
        if path.len() > LONGEST_PATH || folders(&path).any(|folder| self.files.contains(&folder)) {
            path = safe_part(&parts.join("_"));
        }
        if let Some(name) = self.free(path.clone()) {
            return name;
        }
        // A number that was tried once is never free again.
        let (stem, extension) = split_extension(&path);
        let asked = path.to_lowercase();
        let mut number = self.next.get(&asked).copied().unwrap_or(2);
        loop {
            let name = self.free(format!("{stem}~{number}{extension}"));
            number += 1;
            if let Some(name) = name {
                self.next.insert(asked, number);
                return name;
            }
        }
    }

    /// The name, now given out, unless it was before.
    fn free(&mut self, name: String) -> Option<String> {
        let key = name.to_lowercase();
        if self.folders.contains(&key) || !self.files.insert(key) {
            return None;
        }
        self.folders.extend(folders(&name));
        Some(name)
    }
}

/// The folders a path goes through, in lower case.
fn folders(path: &str) -> impl Iterator<Item = String> {
    let path = path.to_lowercase();
    let ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    ends.into_iter().map(move |end| path[..end].to_owned())
}

/// Bytes of the longest path below `pages`; and of its longest part.
const LONGEST_PATH: usize = 1_000;
const LONGEST_PART: usize = 200;

/// The name and its extension with the dot, where it has a short one.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 8 && !name[dot..].contains('/') => {
            name.split_at(dot)
        }
        _ => (name, ""),
    }
}

/// One path component: no separators, controls or reserved characters, not a dot
/// name, at most 200 bytes; its extension stays.
fn safe_part(part: &str) -> String {
    let mut safe: String = part
        .chars()
        .map(|c| match c {
            '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .collect();
    if safe.chars().all(|c| c == '.' || c == ' ') {
        safe = format!("_{safe}");
    }
    if safe.len() > LONGEST_PART {
        let (stem, extension) = split_extension(&safe);
        let mut end = LONGEST_PART - extension.len();
        while !stem.is_char_boundary(end) {
            end -= 1;
        }
        safe = format!("{}{extension}", &stem[..end]);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names given out by trying every number from the beginning.
    fn slowly(ids: &[&str]) -> Vec<String> {
        let mut names = Names::default();
        let forgetful = ids.iter().map(|id| {
            names.next.clear();
            names.safe(id)
        });
        forgetful.collect()
    }

    #[test]
    fn remembered_numbers_are_those_found_by_trying() {
        let mut ids = vec![
            "a.txt", "A.txt", "a~3.txt", "a/b", "a", "a~2", "b", "b/c", "a.txt/x",
        ];
        ids.extend(["a.txt", "a~2.txt", "a", "B", "b~2/c", "A", "a~2~2.txt"].repeat(20));
        let mut names = Names::default();
        let fast: Vec<String> = ids.iter().map(|id| names.safe(id)).collect();
        assert_eq!(fast, slowly(&ids));
        let once: HashSet<String> = fast.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(once.len(), ids.len());
    }

    /// Trying every number each time would be 2 * 10^10 of them.
    #[test]
    fn one_id_two_hundred_thousand_times() {
        let mut names = Names::default();
        let last = (0..200_000).map(|_| names.safe("x/same.txt")).last();
        assert_eq!(last.as_deref(), Some("x/same~200000.txt"));
        // All that is too long is cut to one name.
        let long = "l".repeat(300);
        let last = (0..1000)
            .map(|at| names.safe(&format!("{long}{at}")))
            .last();
        assert_eq!(
            last.map(|name| name.len()),
            Some(LONGEST_PART + "~1000".len())
        );
    }
}
