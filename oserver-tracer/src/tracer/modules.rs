//! Modules loaded in the server, and their unwind tables. All of it is read from the server's memory: files may have
//! been replaced, and the kernel's own module (vdso) has none.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use framehop::{ExplicitModuleSectionInfo, Module};

/// Larger tables than these are no tables.
const LARGEST: u64 = 256 << 20;

const PT_LOAD: u32 = 1;
const PT_GNU_EH_FRAME: u32 = 0x6474_e550;
/// The encoding in a table's index whose second field is the distance from itself to the table, in four bytes.
const RELATIVE: u8 = 0x1b;

/// The memory of another process.
pub(super) struct Memory<'a>(pub(super) &'a File);

impl Memory<'_> {
    fn read(&self, address: u64, length: u64) -> Option<Vec<u8>> {
        if length > LARGEST {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        self.0.read_exact_at(&mut bytes, address).ok()?;
        Some(bytes)
    }
}

/// A line of `/proc/PID/maps`.
struct Mapping<'a> {
    range: Range<u64>,
    executable: bool,
    offset: u64,
    name: &'a str,
}

fn mappings(maps: &str) -> impl Iterator<Item = Mapping<'_>> {
    maps.lines().filter_map(|line| {
        let mut fields = line.splitn(6, ' ');
        let (begin, end) = fields.next()?.split_once('-')?;
        let hexadecimal = |text| u64::from_str_radix(text, 16).ok();
        let range = hexadecimal(begin)?..hexadecimal(end)?;
        let executable = fields.next()?.as_bytes().get(2) == Some(&b'x');
        let offset = hexadecimal(fields.next()?)?;
        let name = fields.nth(2).unwrap_or_default().trim();
        Some(Mapping { range, executable, offset, name })
    })
}

/// Where the mapping ends that an address is in.
pub(super) fn stack_end(maps: &str, address: u64) -> Option<u64> {
    mappings(maps).find(|mapping| mapping.range.contains(&address)).map(|mapping| mapping.range.end)
}

/// The highest address that is mapped for the process itself.
#[cfg(target_arch = "aarch64")]
pub(super) fn highest(maps: &str) -> u64 {
    mappings(maps).map(|mapping| mapping.range.end).max().unwrap_or(u64::MAX)
}

/// Every module with code in it.
pub(super) fn load(maps: &str, memory: &Memory<'_>) -> Vec<Module<Vec<u8>>> {
    let mappings: Vec<_> = mappings(maps).filter(|mapping| !mapping.name.is_empty()).collect();
    let modules = mappings.chunk_by(|one, other| one.name == other.name);
    modules
        .filter(|module| module.iter().any(|mapping| mapping.executable))
        .filter_map(|module| {
            let first = module.iter().find(|mapping| mapping.offset == 0)?;
            let end = module.last()?.range.end;
            read_module(first.name, first.range.start..end, memory)
        })
        .collect()
}

/// The fields of a program header.
struct Segment {
    kind: u32,
    offset: u64,
    address: u64,
    length: u64,
}

fn read_module(name: &str, range: Range<u64>, memory: &Memory<'_>) -> Option<Module<Vec<u8>>> {
    let segments = segments(range.start, memory)?;
    let first = segments.iter().find(|segment| segment.kind == PT_LOAD && segment.offset == 0)?;
    // From an address as the file has it to one as the process has it.
    let bias = range.start.wrapping_sub(first.address);
    let index = segments.iter().find(|segment| segment.kind == PT_GNU_EH_FRAME)?;
    let index_svma = index.address..index.address + index.length;
    let index_data = memory.read(bias.wrapping_add(index.address), index.length)?;
    if index_data.get(1) != Some(&RELATIVE) {
        return None;
    }
    let distance = i32::from_ne_bytes(index_data.get(4..8)?.try_into().ok()?);
    let table = (index.address + 4).wrapping_add_signed(i64::from(distance));
    let around = segments.iter().find(|segment| {
        segment.kind == PT_LOAD
            && (segment.address..segment.address + segment.length).contains(&table)
    })?;
    let table_svma = table..around.address + around.length;
    let table_data = memory.read(bias.wrapping_add(table), table_svma.end - table_svma.start)?;
    let sections = ExplicitModuleSectionInfo {
        base_svma: 0,
        eh_frame_svma: Some(table_svma),
        eh_frame: Some(table_data),
        eh_frame_hdr_svma: Some(index_svma),
        eh_frame_hdr: Some(index_data),
        ..ExplicitModuleSectionInfo::default()
    };
    Some(Module::new(name.to_owned(), range, bias, sections))
}

/// The program headers of a 64-bit ELF module that begins there.
fn segments(begin: u64, memory: &Memory<'_>) -> Option<Vec<Segment>> {
    let header = memory.read(begin, 64)?;
    let is_elf_64 = header.starts_with(b"\x7fELF\x02");
    let offset = number(&header, 32, 8)?;
    let (size, count) = (number(&header, 54, 2)?, number(&header, 56, 2)?);
    if !is_elf_64 || size < 56 {
        return None;
    }
    let table = memory.read(begin + offset, size * count)?;
    let segment = |row: &[u8]| {
        Some(Segment {
            kind: u32::try_from(number(row, 0, 4)?).ok()?,
            offset: number(row, 8, 8)?,
            address: number(row, 16, 8)?,
            length: number(row, 40, 8)?,
        })
    };
    table.chunks_exact(usize::try_from(size).ok()?).map(segment).collect()
}

/// A number of the machine's own byte order.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + length)?;
    let mut number = [0; 8];
    let start = if cfg!(target_endian = "big") { 8 - length } else { 0 };
    number[start..start + length].copy_from_slice(bytes);
    Some(u64::from_ne_bytes(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_map_is_read_with_and_without_a_name() {
        let maps = "7f00-7f80 r-xp 00001000 fe:00 12 /opt/my app/lib.so (deleted)\n\
                    7fff00-7fff80 rw-p 00000000 00:00 0 \n";
        let all: Vec<_> = mappings(maps).collect();
        assert_eq!(all[0].name, "/opt/my app/lib.so (deleted)");
        assert!(all[0].executable && all[0].offset == 0x1000 && all[0].range == (0x7f00..0x7f80));
        assert!(!all[1].executable && all[1].name.is_empty());
        assert_eq!(stack_end(maps, 0x7fff10), Some(0x7fff80));
        assert_eq!(stack_end(maps, 0x7e00), None);
    }

    #[test]
    fn the_modules_of_this_process_have_tables() {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux has it");
        let memory = File::open("/proc/self/mem").expect("its own");
        let modules = load(&maps, &Memory(&memory));
        let names: Vec<_> = modules.iter().map(Module::name).collect();
        assert!(names.iter().any(|name| name.contains("oserver_tracer")), "{names:?}");
        assert!(names.contains(&"[vdso]"), "{names:?}");
    }
}
