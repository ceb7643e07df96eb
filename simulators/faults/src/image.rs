//! The content of a disk: what programs see, and what would survive a loss of power.

use std::collections::BTreeSet;
use std::sync::Arc;

type Bytes = Arc<[u8]>;
type Names = Vec<(Arc<str>, u32)>;
/// Shared until it is changed, as it hardly ever is.
type Folders = Arc<BTreeSet<Arc<str>>>;

/// A disk at one moment. Cheap to clone: contents are shared.
#[derive(Clone, Default)]
pub struct Image {
    nodes: Vec<Node>,
    /// What programs see, in the order of names.
    names: Names,
    /// What the disk holds for certain.
    durable_names: Names,
    /// Changes of names that were not synced, in order.
    pending: Vec<Change>,
    /// Folders as programs see them, and as the disk holds them for certain. A folder that is gone takes what is in it along.
    folders: Folders,
    durable_folders: Folders,
    /// Folders whose last sync failed: the next one succeeds and does nothing, unless a name was changed in between.
    deaf_folders: Vec<Arc<str>>,
}

#[derive(Clone)]
struct Node {
    seen: Bytes,
    durable: Bytes,
    /// A sync failed: the system forgot what it could not write, and later syncs succeed without writing it.
    deaf: bool,
    access: Access,
}

/// Who may read a file: one number for an owner, a mode and an access list together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access(pub u8);

impl Access {
    /// Its owner alone.
    pub const PRIVATE: Self = Self(255);
}

#[derive(Clone, PartialEq, Eq)]
struct Change {
    name: Arc<str>,
    node: Option<u32>,
}

pub(crate) fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a folder is there with all those above it.
fn reaches(folders: &BTreeSet<Arc<str>>, mut within: &str) -> bool {
    loop {
        if within.is_empty() {
            return true;
        }
        if !folders.contains(within) {
            return false;
        }
        within = folder(within);
    }
}

fn set(names: &mut Names, name: &Arc<str>, node: Option<u32>) {
    match (names.binary_search_by(|(n, _)| n.as_ref().cmp(name)), node) {
        (Ok(at), Some(node)) => names[at].1 = node,
        (Ok(at), None) => drop(names.remove(at)),
        (Err(at), Some(node)) => names.insert(at, (name.clone(), node)),
        (Err(_), None) => {}
    }
}

impl Image {
    /// A disk that durably holds these files.
    #[must_use]
    pub fn with(files: &[(&str, &[u8])]) -> Self {
        let mut image = Self::default();
        for (name, bytes) in files {
            image.put(name, bytes);
        }
        image
    }

    /// Puts a file there durably, in place where there is one: what another program does between our calls.
    pub fn put(&mut self, name: &str, bytes: &[u8]) {
        self.put_folder(folder(name));
        self.put_file(name, bytes);
    }

    /// The same, in a folder that is there and may not last.
    pub(crate) fn put_file(&mut self, name: &str, bytes: &[u8]) {
        let bytes: Bytes = bytes.into();
        if let Some(id) = self.id(name) {
            let node = &mut self.nodes[id as usize];
            (node.seen, node.durable, node.deaf) = (bytes.clone(), bytes, false);
        } else {
            let node = Node { seen: bytes.clone(), durable: bytes, deaf: false, access: Access::default() };
            let (id, name) = (self.add(node), Arc::from(name));
            set(&mut self.names, &name, Some(id));
            set(&mut self.durable_names, &name, Some(id));
        }
    }

    /// Puts a folder there durably, with those above it: what another program does between our calls.
    pub fn put_folder(&mut self, mut within: &str) {
        let lasts = |image: &Self, within: &str| image.folders.contains(within) && image.durable_folders.contains(within);
        while !within.is_empty() && !lasts(self, within) {
            let name: Arc<str> = Arc::from(within);
            Arc::make_mut(&mut self.folders).insert(name.clone());
            Arc::make_mut(&mut self.durable_folders).insert(name);
            within = folder(within);
        }
        self.share_folders();
    }

    fn share_folders(&mut self) {
        if !Arc::ptr_eq(&self.folders, &self.durable_folders) && self.folders == self.durable_folders {
            self.durable_folders = self.folders.clone();
        }
    }

    /// Takes a folder away with all that is in it, durably: what another program does between our calls.
    pub fn take_folder(&mut self, within: &str) {
        let is_below = |name: &str| name.strip_prefix(within).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        Arc::make_mut(&mut self.folders).retain(|f| !is_below(f));
        Arc::make_mut(&mut self.durable_folders).retain(|f| !is_below(f));
        self.names.retain(|(name, _)| !is_below(name));
        self.durable_names.retain(|(name, _)| !is_below(name));
        self.pending.retain(|change| !is_below(&change.name));
        self.share_folders();
    }

    /// Whether a folder is there, as programs see it.
    #[must_use]
    pub fn has_folder(&self, within: &str) -> bool {
        within.is_empty() || self.folders.contains(within)
    }

    /// Creates a folder in one that is there; `false` where that is not.
    pub(crate) fn create_folder(&mut self, within: &str) -> bool {
        if self.has_folder(within) {
            return true;
        }
        if !self.has_folder(folder(within)) {
            return false;
        }
        Arc::make_mut(&mut self.folders).insert(Arc::from(within));
        self.touch_folder(within);
        true
    }

    fn add(&mut self, node: Node) -> u32 {
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }

    fn id(&self, name: &str) -> Option<u32> {
        let at = self.names.binary_search_by(|(n, _)| n.as_ref().cmp(name)).ok()?;
        Some(self.names[at].1)
    }

    /// A file as programs see it.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<&[u8]> {
        Some(&self.nodes[self.id(name)? as usize].seen)
    }

    /// Who may read a file.
    #[must_use]
    pub fn access(&self, name: &str) -> Option<Access> {
        Some(self.nodes[self.id(name)? as usize].access)
    }

    /// Sets who may read a file.
    pub fn set_access(&mut self, name: &str, access: Access) {
        if let Some(id) = self.id(name) {
            self.nodes[id as usize].access = access;
        }
    }

    /// Every file as programs see it, in the order of names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.names.iter().map(|(name, id)| (name.as_ref(), self.nodes[*id as usize].seen.as_ref()))
    }

    /// Every name that programs see now or may see again after a loss of power.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.durable_names).map(|(name, _)| name.as_ref())
    }

    /// Whether a loss of power now would leave this file as it is seen.
    #[must_use]
    pub fn is_durable(&self, name: &str) -> bool {
        let durable = self.durable_names.binary_search_by(|(n, _)| n.as_ref().cmp(name)).ok().map(|at| self.durable_names[at].1);
        let is_reached =
            durable.is_none() || Arc::ptr_eq(&self.folders, &self.durable_folders) || reaches(&self.durable_folders, folder(name));
        is_reached && durable == self.id(name) && durable.is_none_or(|id| self.nodes[id as usize].seen == self.nodes[id as usize].durable)
    }

    pub(crate) fn create(&mut self, name: &str, access: Access) -> u32 {
        let empty: Bytes = Arc::from([]);
        let id = self.add(Node { seen: empty.clone(), durable: empty, deaf: false, access });
        self.change(name, Some(id));
        id
    }

    /// Opens for writing from the beginning: the same node, emptied.
    pub(crate) fn truncate(&mut self, name: &str) -> Option<u32> {
        let id = self.id(name)?;
        let node = &mut self.nodes[id as usize];
        (node.seen, node.deaf) = (Arc::from([]), false);
        Some(id)
    }

    pub(crate) fn open(&self, name: &str) -> Option<u32> {
        self.id(name)
    }

    pub(crate) fn write(&mut self, id: u32, bytes: &[u8]) {
        let node = &mut self.nodes[id as usize];
        node.seen = if node.seen.is_empty() { bytes.into() } else { [&node.seen, bytes].concat().into() };
    }

    pub(crate) fn sync(&mut self, id: u32) {
        let node = &mut self.nodes[id as usize];
        if !node.deaf {
            node.durable = node.seen.clone();
        }
    }

    /// A sync that fails; what was to be written may be on the disk all the same.
    pub(crate) fn fail_sync(&mut self, id: u32, durable: bool) {
        let node = &mut self.nodes[id as usize];
        if durable {
            node.durable = node.seen.clone();
        }
        node.deaf = true;
    }

    fn change(&mut self, name: &str, node: Option<u32>) {
        let name: Arc<str> = match self.names.binary_search_by(|(n, _)| n.as_ref().cmp(name)) {
            Ok(at) => self.names[at].0.clone(),
            Err(_) => Arc::from(name),
        };
        set(&mut self.names, &name, node);
        self.touch_folder(&name);
        self.pending.push(Change { name, node });
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) -> bool {
        let Some(id) = self.id(from) else { return false };
        // Two changes of names, which a file system without a journal may write one without the other.
        self.change(to, Some(id));
        self.change(from, None);
        true
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let there = self.id(name).is_some();
        if there {
            self.change(name, None);
        }
        there
    }

    /// Removes a file durably, and whatever was not synced of its name with it.
    pub(crate) fn forget(&mut self, name: &str) {
        let name: Arc<str> = Arc::from(name);
        set(&mut self.names, &name, None);
        set(&mut self.durable_names, &name, None);
        self.pending.retain(|change| change.name != name);
        self.touch_folder(&name);
    }

    /// A name in the folder of that file was changed: its next sync is heard.
    pub(crate) fn touch_folder(&mut self, name: &str) {
        let within = folder(name);
        self.deaf_folders.retain(|f| f.as_ref() != within);
    }

    pub(crate) fn sync_folder(&mut self, within: &str) {
        // A simplification: that a folder was created is not forgotten after a failed sync, as what befell names of files is.
        if !Arc::ptr_eq(&self.folders, &self.durable_folders) {
            let created = self.folders.iter().filter(|f| folder(f) == within && !self.durable_folders.contains(*f));
            let created: Vec<Arc<str>> = created.cloned().collect();
            Arc::make_mut(&mut self.durable_folders).extend(created);
            self.share_folders();
        }
        if self.deaf_folders.iter().any(|f| f.as_ref() == within) {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        for change in pending {
            if folder(&change.name) == within {
                set(&mut self.durable_names, &change.name, change.node);
            } else {
                self.pending.push(change);
            }
        }
    }

    pub(crate) fn fail_sync_folder(&mut self, within: &str, durable: bool) {
        if durable {
            self.sync_folder(within);
        }
        self.deaf_folders.push(Arc::from(within));
    }

    pub(crate) fn list(&self, within: &str) -> Vec<&str> {
        self.names.iter().map(|(n, _)| n.as_ref()).filter(|n| folder(n) == within).collect()
    }

    /// Every disk that a loss of power now may leave: each subset of the unsynced changes of names (those of one name in their order),
    /// each torn form of every unsynced content that has a name then. Where there are more than `limit`, that many are drawn, always the
    /// same ones, and `false` is returned.
    #[must_use]
    pub fn after_power_loss(&self, limit: usize) -> (Vec<Self>, bool) {
        // Each folder that was created and not synced is there then, or is not.
        if Arc::ptr_eq(&self.folders, &self.durable_folders) {
            return self.after_power_loss_with(&self.folders, limit);
        }
        let unsure: Vec<&Arc<str>> = self.folders.iter().filter(|f| !self.durable_folders.contains(*f)).collect();
        let (mut images, mut complete) = (Vec::new(), true);
        for kept in 0..1usize << unsure.len().min(8) {
            let mut folders = BTreeSet::clone(&self.durable_folders);
            folders.extend(unsure.iter().enumerate().filter(|(at, _)| kept >> at & 1 == 1).map(|(_, f)| (*f).clone()));
            let there = folders.iter().filter(|f| reaches(&folders, f)).cloned().collect::<BTreeSet<_>>();
            if there.len() < folders.len() {
                // The same as without the folders that are not reached.
                continue;
            }
            let (some, all) = self.after_power_loss_with(&Arc::new(there), limit);
            images.extend(some);
            complete &= all;
        }
        (images, complete)
    }

    fn after_power_loss_with(&self, folders: &Folders, limit: usize) -> (Vec<Self>, bool) {
        let choices = self.name_choices();
        let torn: Vec<Vec<Bytes>> = self.nodes.iter().map(Node::forms).collect();
        let count = choices.iter().try_fold(1usize, |n, (_, c)| n.checked_mul(c.len())).unwrap_or(usize::MAX);
        if count > limit {
            return (self.drawn(folders, &choices, &torn, limit), false);
        }
        let mut images = Vec::new();
        let mut pick = vec![0usize; choices.len()];
        loop {
            let tree = self.tree(folders, &choices, &pick);
            let alive = alive(&tree, &torn);
            let mut form = vec![0usize; alive.len()];
            loop {
                if images.len() >= limit {
                    return (self.drawn(folders, &choices, &torn, limit), false);
                }
                images.push(self.with_contents(folders, &tree, &alive, &form, &torn));
                if !count_on(&mut form, |at| torn[alive[at] as usize].len()) {
                    break;
                }
            }
            if !count_on(&mut pick, |at| choices[at].1.len()) {
                return (images, true);
            }
        }
    }

    /// For each name with unsynced changes: what it may lead to after a loss of power. The first is what it certainly does now.
    fn name_choices(&self) -> Vec<(Arc<str>, Vec<Option<u32>>)> {
        let mut choices: Vec<(Arc<str>, Vec<Option<u32>>)> = Vec::new();
        for change in &self.pending {
            let at = choices.iter().position(|(n, _)| *n == change.name).unwrap_or_else(|| {
                let durable = self.durable_names.binary_search_by(|(n, _)| n.as_ref().cmp(&change.name)).ok();
                choices.push((change.name.clone(), vec![durable.map(|at| self.durable_names[at].1)]));
                choices.len() - 1
            });
            if !choices[at].1.contains(&change.node) {
                choices[at].1.push(change.node);
            }
        }
        choices
    }

    fn tree(&self, folders: &Folders, choices: &[(Arc<str>, Vec<Option<u32>>)], pick: &[usize]) -> Names {
        let mut tree = self.durable_names.clone();
        for ((name, to), pick) in choices.iter().zip(pick) {
            set(&mut tree, name, to[*pick]);
        }
        if !Arc::ptr_eq(&self.folders, folders) {
            tree.retain(|(name, _)| reaches(folders, folder(name)));
        }
        tree
    }

    fn drawn(&self, folders: &Folders, choices: &[(Arc<str>, Vec<Option<u32>>)], torn: &[Vec<Bytes>], limit: usize) -> Vec<Self> {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        // A counter through a mixing function (splitmix64): the same draws on every machine.
        let mut below = |n: usize| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from((z ^ (z >> 31)) % (n.max(1) as u64)).unwrap_or(0)
        };
        let draw = |_| {
            let pick: Vec<usize> = choices.iter().map(|(_, to)| below(to.len())).collect();
            let tree = self.tree(folders, choices, &pick);
            let alive = alive(&tree, torn);
            let form: Vec<usize> = alive.iter().map(|id| below(torn[*id as usize].len())).collect();
            self.with_contents(folders, &tree, &alive, &form, torn)
        };
        (0..limit).map(draw).collect()
    }

    fn with_contents(&self, folders: &Folders, tree: &Names, alive: &[u32], choice: &[usize], torn: &[Vec<Bytes>]) -> Self {
        let mut nodes = Vec::with_capacity(tree.len() + 4);
        let mut map: Vec<(u32, u32)> = Vec::with_capacity(tree.len());
        let mut names = tree.clone();
        for (_, id) in &mut names {
            if let Some((_, new)) = map.iter().find(|(old, _)| old == id) {
                *id = *new;
                continue;
            }
            let form = alive.iter().position(|a| a == id).map_or(0, |at| choice[at]);
            let bytes = torn[*id as usize][form].clone();
            let new = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
            nodes.push(Node { seen: bytes.clone(), durable: bytes, deaf: false, access: self.nodes[*id as usize].access });
            map.push((*id, new));
            *id = new;
        }
        Self {
            nodes,
            durable_names: names.clone(),
            names,
            pending: Vec::new(),
            folders: folders.clone(),
            durable_folders: folders.clone(),
            deaf_folders: Vec::new(),
        }
    }
}

/// The files with a name whose content may be torn.
fn alive(tree: &Names, torn: &[Vec<Bytes>]) -> Vec<u32> {
    let mut alive: Vec<u32> = tree.iter().map(|(_, id)| *id).filter(|id| torn[*id as usize].len() > 1).collect();
    alive.sort_unstable();
    alive.dedup();
    alive
}

/// Counts like an odometer; `false` after the last.
fn count_on(digits: &mut [usize], base: impl Fn(usize) -> usize) -> bool {
    for (at, digit) in digits.iter_mut().enumerate() {
        *digit += 1;
        if *digit < base(at) {
            return true;
        }
        *digit = 0;
    }
    false
}

impl Node {
    /// What the disk may hold of this file after a loss of power. The first is what it holds for certain.
    fn forms(&self) -> Vec<Bytes> {
        let mut forms = vec![self.durable.clone()];
        if self.seen == self.durable {
            return forms;
        }
        let kept = if self.seen.starts_with(&self.durable) { self.durable.len() } else { 0 };
        let (len, half) = (self.seen.len(), kept + (self.seen.len() - kept) / 2);
        let zeros = |from: usize, to: usize| {
            let mut bytes = self.seen.to_vec();
            bytes[from..to].fill(0);
            Bytes::from(bytes)
        };
        let mut add = |bytes: Bytes| {
            if !forms.contains(&bytes) {
                forms.push(bytes);
            }
        };
        add(self.seen.clone());
        // Cut short; the length without the data; either half of the data without the other.
        add(self.seen[..half].into());
        add(zeros(kept, len));
        add(zeros(half, len));
        add(zeros(kept, half));
        if kept == 0 && !self.durable.is_empty() {
            add(Arc::from([]));
        }
        forms
    }
}
