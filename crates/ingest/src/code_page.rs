//! DOS code pages, which the encodings of the Web do not have: registers were kept on such machines into this century.

/// An encoding in which each byte is a character, and those below 128 are ASCII.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CodePage {
    pub(crate) name: &'static str,
    /// Its number, by which labels such as `ibm850` call it.
    number: &'static str,
    /// The characters of the bytes from 128 on; the replacement character where a byte has none.
    high: [char; 128],
}

/// The page of a label, such as `cp850`, `IBM850` or `850`.
pub(crate) fn code_page(label: &str) -> Option<&'static CodePage> {
    let label = label.trim().to_ascii_lowercase();
    let number =
        ["cp", "ibm-", "ibm", "dos-", "oem", ""].iter().find_map(|start| label.strip_prefix(start))?;
    PAGES.iter().find(|page| page.number == number.trim_start_matches('0'))
}

impl CodePage {
    /// The text of some bytes; nothing where one of them has no character.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Option<String> {
        let character = |byte: &u8| match self.high.get(usize::from(*byte).wrapping_sub(128)) {
            None => Some(char::from(*byte)),
            Some(&char::REPLACEMENT_CHARACTER) => None,
            Some(character) => Some(*character),
        };
        bytes.iter().map(character).collect()
    }

    /// The bytes of a text; a character that the page does not have is a question mark, as in no file of it.
    pub(crate) fn encode(&self, text: &str) -> Vec<u8> {
        let byte = |c: char| match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => byte,
            _ => {
                let index = self.high.iter().position(|other| *other == c);
                index.and_then(|index| u8::try_from(index + 128).ok()).unwrap_or(b'?')
            }
        };
        text.chars().map(byte).collect()
    }
}

/// Turns a text of 128 characters into a table.
const fn table(text: &str) -> [char; 128] {
    let (bytes, mut table) = (text.as_bytes(), ['\u{FFFD}'; 128]);
    let (mut at, mut index) = (0, 0);
    while index < 128 {
        let first = bytes[at] as u32;
        let (length, mut code) = match first {
            0..0x80 => (1, first),
            0x80..0xE0 => (2, first & 0x1F),
            _ => (3, first & 0x0F),
        };
        let mut next = 1;
        while next < length {
            code = code << 6 | (bytes[at + next] & 0x3F) as u32;
            next += 1;
        }
        if let Some(character) = char::from_u32(code) {
            table[index] = character;
        }
        (at, index) = (at + length, index + 1);
    }
    assert!(at == bytes.len());
    table
}

/// From the mappings of Unicode, <https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/>.
static PAGES: [CodePage; 8] = [
    // PC in the United States.
    CodePage {
        name: "cp437",
        number: "437",
        high: table(
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
             └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}",
        ),
    },
    // Western Europe.
    CodePage {
        name: "cp850",
        number: "850",
        high: table(
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
             └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}",
        ),
    },
    // Central Europe.
    CodePage {
        name: "cp852",
        number: "852",
        high: table(
            "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
             └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{AD}˝˛ˇ˘§÷¸°¨˙űŘř■\u{A0}",
        ),
    },
    // Turkey.
    CodePage {
        name: "cp857",
        number: "857",
        high: table(
            "ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
             └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ºªÊËÈ\u{FFFD}ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµ\u{FFFD}×ÚÛÙìÿ¯´\u{AD}±\u{FFFD}¾¶§÷¸°¨·¹³²■\u{A0}",
        ),
    },
    // Western Europe with the euro sign.
    CodePage {
        name: "cp858",
        number: "858",
        high: table(
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
             └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}",
        ),
    },
    // Portugal.
    CodePage {
        name: "cp860",
        number: "860",
        high: table(
            "ÇüéâãàÁçêÊèÍÔìÃÂÉÀÈôõòÚùÌÕÜ¢£Ù₧ÓáíóúñÑªº¿Ò¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
             └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}",
        ),
    },
    // French Canada.
    CodePage {
        name: "cp863",
        number: "863",
        high: table(
            "ÇüéâÂà¶çêëèïî‗À§ÉÈÊôËÏûù¤ÔÜ¢£ÙÛƒ¦´óú¨¸³¯Î⌐¬½¼¾«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
             └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}",
        ),
    },
    // Nordic countries.
    CodePage {
        name: "cp865",
        number: "865",
        high: table(
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø₧ƒáíóúñÑªº¿⌐¬½¼¡«¤░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
             └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}",
        ),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_and_go_both_ways() {
        let table = [
            ("cp437", &b"a\xa4o, citt\x85, \x80"[..], "a\u{f1}o, citt\u{e0}, \u{c7}"),
            ("IBM850", b"Per\xa3 \xb5 \xd5", "Per\u{fa} \u{c1} \u{131}"),
            ("cp858", b"\xd5", "\u{20ac}"),
            ("ibm00858", b"\xd5", "\u{20ac}"),
            ("dos-852", b"\x88", "\u{142}"),
            ("860", b"\x8e\x84", "\u{c3}\u{e3}"),
        ];
        for (label, bytes, text) in table {
            let page = code_page(label).unwrap();
            assert_eq!(page.decode(bytes).as_deref(), Some(text), "{label}");
            assert_eq!(page.encode(text), bytes, "{label}");
        }
        for page in &PAGES {
            let all: Vec<u8> = (0..=255).filter(|byte| page.decode(&[*byte]).is_some()).collect();
            assert_eq!(page.encode(&page.decode(&all).unwrap()), all, "{}", page.name);
        }
        assert_eq!(code_page("cp857").unwrap().decode(b"\xd5"), None);
        for label in ["cp1252", "850x", "", "cp", "utf-8", "ibm866"] {
            assert_eq!(code_page(label), None, "{label}");
        }
    }
}
