//! Templates as they are written down.

use super::{Conviction, LEAST_PAGES, Template, Templates};
use crate::error::Error;
use crate::places::Places;
use crate::word::{FORMAT_VERSION, check_format};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};

/// Most pages of a source, and sources: sums of some such counts do not overflow.
const MOST: usize = 1 << 29;

/// Templates with what says whether this library can read them.
#[derive(Serialize, Deserialize)]
struct Written {
    format: u32,
    sources: Vec<WrittenTemplate>,
}

/// The template of one source; blocks and shingles by key, in order.
#[derive(Serialize, Deserialize)]
struct WrittenTemplate {
    source: String,
    pages: usize,
    clusters: usize,
    blocks: Vec<WrittenBlock>,
    near: Vec<WrittenBlock>,
    shared: Vec<u64>,
}

/// The key of a block or shingle, and in how many clusters, pages, directly above prose,
/// above, amid and below the page's own prose, and sources it stands.
type WrittenBlock = (u64, [usize; 7]);

impl Serialize for Templates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let list = |blocks: &HashMap<u64, Conviction, Places>| {
            let mut list: Vec<WrittenBlock> = blocks.iter().map(written).collect();
            list.sort_unstable();
            list
        };
        let sources = self.sources.iter().map(|(name, template)| WrittenTemplate {
            source: name.clone(),
            pages: template.pages,
            clusters: template.clusters,
            blocks: list(&template.blocks),
            near: list(&template.near),
            shared: {
                let mut shared: Vec<u64> = template.shared.iter().copied().collect();
                shared.sort_unstable();
                shared
            },
        });
        let written = Written {
            format: FORMAT_VERSION,
            sources: sources.collect(),
        };
        written.serialize(serializer)
    }
}

fn written((key, conviction): (&u64, &Conviction)) -> WrittenBlock {
    let Conviction {
        clusters,
        of: _,
        pages,
        leads,
        above,
        amid,
        below,
        sources,
    } = *conviction;
    (*key, [clusters, pages, leads, above, amid, below, sources])
}

impl<'de> Deserialize<'de> for Templates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let written = Written::deserialize(deserializer)?;
        Templates::try_from(written).map_err(D::Error::custom)
    }
}

impl TryFrom<Written> for Templates {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        check_format("format of the templates", written.format)?;
        let mut sources = BTreeMap::new();
        for template in written.sources {
            let WrittenTemplate {
                source,
                pages,
                clusters: of,
                blocks,
                near,
                shared,
            } = template;
            let wrong = |right| {
                let of: String = source.chars().take(100).collect();
                Error::setting("a template", format!("that of {of:?}"), right)
            };
            if !(LEAST_PAGES..=MOST).contains(&pages) || of == 0 || of > pages {
                return Err(wrong(
                    "learned from 3 to 536,870,912 pages, in at most as many clusters",
                ));
            }
            let read = |list: Vec<WrittenBlock>| {
                let len = list.len();
                let blocks: HashMap<u64, Conviction, Places> = list
                    .into_iter()
                    .map(|(key, counts)| {
                        let [clusters, on_pages, leads, above, amid, below, sources] = counts;
                        let possible = (LEAST_PAGES..=of).contains(&clusters)
                            && 2 * clusters >= of
                            && (clusters..=pages).contains(&on_pages)
                            && sources <= MOST
                            && [leads, above, amid, below]
                                .iter()
                                .all(|count| *count <= on_pages);
                        let conviction = Conviction {
                            clusters,
                            of,
                            pages: on_pages,
                            leads,
                            above,
                            amid,
                            below,
                            sources,
                        };
                        possible.then_some((key, conviction))
                    })
                    .collect::<Option<_>>()
                    .ok_or_else(|| {
                        wrong("of blocks that are in 3 clusters or more, in half of them, and on at most all pages")
                    })?;
                match blocks.len() == len {
                    true => Ok(blocks),
                    false => Err(wrong("of blocks that each stand in it once")),
                }
            };
            let template = Template {
                blocks: read(blocks)?,
                near: read(near)?,
                shared: shared.into_iter().collect(),
                pages,
                clusters: of,
            };
            if sources.contains_key(&source) {
                return Err(wrong("there once"));
            }
            sources.insert(source, template);
        }
        Ok(Templates { sources })
    }
}
