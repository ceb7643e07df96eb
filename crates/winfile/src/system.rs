//! The calls of Windows that the standard library does not make. All unsafe code of kerbsync is in this file.
#![expect(unsafe_code, reason = "calls of the operating system; each block says why it is sound")]

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use windows_sys::Win32::Foundation::{
    ERROR_HANDLE_EOF, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_FUNCTION, ERROR_INVALID_PARAMETER, ERROR_LOCK_VIOLATION,
    ERROR_NOT_SUPPORTED, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, GetFileSecurityW, OWNER_SECURITY_INFORMATION, SetFileSecurityW,
};
use windows_sys::Win32::Storage::FileSystem::{
    FindClose, FindFirstStreamW, FindNextStreamW, FindStreamInfoStandard, LOCKFILE_EXCLUSIVE_LOCK, LOCKFILE_FAIL_IMMEDIATELY, LockFileEx,
    SetFileAttributesW, WIN32_FIND_STREAM_DATA,
};
use windows_sys::Win32::System::IO::OVERLAPPED;

/// What is read and given: the audit list is not, since reading it needs a privilege.
const PARTS: u32 = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

/// A self-relative security descriptor. Kept in words, since the system wants it aligned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Security(Vec<u32>);

fn wide(path: &Path) -> Vec<u16> {
    path.as_os_str().encode_wide().chain([0]).collect()
}

/// Owner, group and access list of a file, as they stand, inherited entries included.
pub(crate) fn security(path: &Path) -> io::Result<Security> {
    let path = wide(path);
    let mut needed = 0;
    // SAFETY: the path ends with a zero; a null buffer of length 0 is how the call is asked for the length.
    let done = unsafe { GetFileSecurityW(path.as_ptr(), PARTS, std::ptr::null_mut(), 0, &raw mut needed) };
    if done == 0 && io::Error::last_os_error().raw_os_error() != Some(ERROR_INSUFFICIENT_BUFFER.cast_signed()) {
        return Err(io::Error::last_os_error());
    }
    let mut words = vec![0u32; (needed as usize).div_ceil(4)];
    // SAFETY: the buffer holds at least `needed` bytes, is aligned to four bytes as a descriptor wants, and outlives the call.
    let done = unsafe { GetFileSecurityW(path.as_ptr(), PARTS, words.as_mut_ptr().cast(), needed, &raw mut needed) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(Security(words)) }
}

/// Gives a file owner, group and access list as they stand in `security`; nothing is inherited anew.
pub(crate) fn set_security(path: &Path, security: &Security) -> io::Result<()> {
    let path = wide(path);
    // SAFETY: the path ends with a zero; the descriptor was filled by `GetFileSecurityW`, is self-relative and aligned, and is only read.
    let done = unsafe { SetFileSecurityW(path.as_ptr(), PARTS, security.0.as_ptr().cast_mut().cast()) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Sets the attributes of a file (`FILE_ATTRIBUTE_*`).
pub(crate) fn set_attributes(path: &Path, attributes: u32) -> io::Result<()> {
    let path = wide(path);
    // SAFETY: the path ends with a zero and is only read.
    let done = unsafe { SetFileAttributesW(path.as_ptr(), attributes) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// The names of a file's alternate streams, as the system writes them (`:name:$DATA`); none on a file system that knows no such streams.
pub(crate) fn streams(path: &Path) -> io::Result<Vec<OsString>> {
    let path = wide(path);
    // SAFETY: an all-zero value is valid for this struct of integers.
    let mut found: WIN32_FIND_STREAM_DATA = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with a zero, and `found` is the struct that this level of information fills.
    let handle = unsafe { FindFirstStreamW(path.as_ptr(), FindStreamInfoStandard, (&raw mut found).cast(), 0) };
    if handle == INVALID_HANDLE_VALUE {
        let error = io::Error::last_os_error();
        let knows_none = [ERROR_HANDLE_EOF, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED, ERROR_INVALID_FUNCTION];
        let is_none = error.raw_os_error().is_some_and(|code| knows_none.contains(&code.cast_unsigned()));
        return if is_none { Ok(Vec::new()) } else { Err(error) };
    }
    let mut names = Vec::new();
    let ended = loop {
        let length = found.cStreamName.iter().position(|c| *c == 0).unwrap_or(found.cStreamName.len());
        let name = OsString::from_wide(&found.cStreamName[..length]);
        if name != "::$DATA" {
            names.push(name);
        }
        // SAFETY: the handle is open, and `found` is the struct that the search was begun with.
        if unsafe { FindNextStreamW(handle, (&raw mut found).cast()) } == 0 {
            break io::Error::last_os_error();
        }
    };
    // SAFETY: the handle was opened above and is closed once.
    unsafe { FindClose(handle) };
    if ended.raw_os_error() == Some(ERROR_HANDLE_EOF.cast_signed()) { Ok(names) } else { Err(ended) }
}

/// Locks one byte at `offset` of a file for this handle, until it is closed; `false` while another handle holds it.
pub(crate) fn try_lock_byte(file: &File, offset: u64) -> io::Result<bool> {
    // SAFETY: an all-zero value is valid for this struct: no event, and an offset that is set below.
    let mut place: OVERLAPPED = unsafe { std::mem::zeroed() };
    place.Anonymous.Anonymous.Offset = (offset & 0xFFFF_FFFF) as u32;
    place.Anonymous.Anonymous.OffsetHigh = (offset >> 32) as u32;
    let flags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
    // SAFETY: the handle is open as long as `file` is borrowed; it was opened for calls that wait, so that `place` is not used afterwards.
    if unsafe { LockFileEx(file.as_raw_handle(), flags, 0, 1, 0, &raw mut place) } != 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() == Some(ERROR_LOCK_VIOLATION.cast_signed()) { Ok(false) } else { Err(error) }
}
