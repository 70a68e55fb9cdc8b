//! Totals and shares that the synthetic archive of permits adds up to, with where each comes from.
//!
//! *Published* figures name their table. The rest is **ours**: invented to be plausible, and never to be quoted as a finding about
//! Italy. IstatData and I.Stat are databases of ISTAT; their tables of permits are called PERMSOGG1 (CC BY 4.0).

/// The first and the last year of which new permits are made; stocks are those of the 1 January of the years from the first on.
pub(super) const YEARS: (i16, i16) = (2008, 2024);

/// The first year of [`Community::stock`](super::communities::Community::stock), and that of [`Community::new`](super::communities::Community::new).
pub(super) const FIRST_STOCK: i16 = 2012;
pub(super) const FIRST_NEW: i16 = 2014;

/// The stock of 1 January 2008 to 2011, per thousand of that of 2012. Ours.
pub(super) const EARLIER_STOCKS: [u64; 4] = [720, 820, 934, 972];

/// Of the holders of 1 January 2024, those per thousand who leave within the year. Ours; the stock of 2025 becomes 3.81 million, near the "more than
/// 3.8 million" of ISTAT's press release.
pub(super) const LATE_EXITS: u64 = 24;

/// New permits of 2012, 2013 and 2024 in all. Published: ISTAT, 5 August 2014 (2013, and 3.2 % below 2012); ntwpress.com, quoting ISTAT (2024).
pub(super) const NEW_2012: u64 = 264_000;
pub(super) const NEW_2013: u64 = 255_646;
pub(super) const NEW_2024: u64 = 290_119;

/// Of the holders of a 1 January from 2008 to 2011, those per thousand who leave within the year. Ours.
pub(super) const EARLY_EXITS: u64 = 50;

/// How readily somebody leaves in the year of entry and in each later year of stay, relative to each other. Ours.
pub(super) const LEAVING: [u64; 7] = [20, 120, 90, 70, 60, 50, 45];

/// New permits by reason, per ten thousand: family, other, protection, work, study.
///
/// Published: protection of 2015-2017 (67,271, 77,927, 101 thousand) and of 2019-2023 (27,566, 13,467, 30,894, 202,570 and 106,237 of the
/// new permits of the year); work of 2016 (12,873), of 2007 (56.1 %) and 2015 (9.1 %); 2024: work 40,451, family about 104,700, study
/// 20,130, protection about 104,000. The others are ours.
pub(super) const REASONS: [[u64; 5]; 17] = [
    [3400, 700, 500, 4900, 500],
    [3500, 700, 600, 4600, 600],
    [3000, 600, 400, 5400, 600],
    [3900, 700, 1200, 3500, 700],
    [4400, 800, 900, 3100, 800],
    [4100, 800, 750, 3350, 1000],
    [4080, 848, 1922, 2300, 850],
    [4485, 855, 2815, 910, 935],
    [4499, 750, 3434, 567, 750],
    [4300, 800, 3844, 456, 600],
    [5100, 850, 2680, 570, 800],
    [5676, 1100, 1555, 634, 1035],
    [5886, 1000, 1264, 850, 1000],
    [5080, 530, 1279, 2111, 1000],
    [2799, 1000, 4510, 1491, 200],
    [3500, 1088, 3212, 1300, 900],
    [3609, 718, 3585, 1394, 694],
];

/// New permits by age (PERMSOGG1_11): below 18, 60 and older, and downwards to 18-24. Published for 2014 to 2023; earlier years have those of
/// 2014, and 2024 has those of 2023. First and last age of each group.
pub(super) const AGE_GROUPS: [(u8, u8); 10] =
    [(0, 17), (60, 84), (55, 59), (50, 54), (45, 49), (40, 44), (35, 39), (30, 34), (25, 29), (18, 24)];
pub(super) const AGES: [[u64; 10]; 10] = [
    [45_308, 9_361, 4_447, 5_486, 7_848, 12_883, 21_327, 34_115, 46_501, 61_047],
    [57_966, 9_115, 3_604, 4_119, 5_866, 9_556, 16_279, 26_699, 41_282, 64_450],
    [56_604, 9_213, 3_435, 3_653, 5_208, 8_360, 14_615, 24_808, 36_841, 64_197],
    [63_523, 9_884, 3_695, 4_099, 6_144, 9_902, 17_388, 28_161, 42_512, 77_462],
    [62_725, 10_429, 4_082, 4_744, 7_059, 11_275, 18_109, 27_934, 38_196, 57_456],
    [51_420, 8_274, 3_300, 3_913, 5_703, 9_032, 14_023, 20_281, 26_682, 34_626],
    [38_009, 4_060, 1_838, 2_274, 3_476, 5_319, 8_145, 11_856, 14_779, 16_747],
    [75_759, 10_816, 6_675, 8_257, 10_583, 14_149, 20_373, 27_321, 33_340, 34_322],
    [134_064, 30_093, 12_385, 15_691, 20_773, 30_824, 44_095, 50_383, 51_388, 59_422],
    [84_002, 16_838, 7_362, 9_510, 13_370, 20_225, 29_986, 38_739, 48_948, 61_750],
];

/// Ages and reasons of those who were there before 2008, per thousand, in the same order. Ours.
pub(super) const EARLIER_AGES: [u64; 10] = [200, 30, 40, 60, 90, 120, 140, 140, 110, 70];
pub(super) const EARLIER_REASONS: [u64; 5] = [380, 60, 30, 490, 40];

/// Those per thousand who have a permit for long-term residence at the first renewal after five years, by entry: before 2008, and in each year from
/// then on. Ours, chosen so that their share of the stock comes near the published one: 52.1 % on 1 January 2012, 57.2 % in 2015, 61.7 % in 2018,
/// 63.1 % in 2020, 65.8 % in 2022, 59.3 % in 2024 (PERMSOGG1_1 and I.Stat, as above).
pub(super) const LONG_TERM: [u64; 18] =
    [880, 850, 840, 830, 820, 790, 760, 740, 720, 700, 700, 700, 700, 700, 700, 700, 700, 700];

/// Of those who leave the archive after eight years, the ones per thousand who became citizens. Ours.
pub(super) const NATURALISED: u64 = 500;

/// States of the others with the women and the share of each, per thousand: Bolivia, Venezuela, Turkey, Algeria, Ethiopia, Syria, Serbia, Bosnia,
/// Mali, Gambia, Iran, Japan, Thailand, Cape Verde. Ours.
pub(super) const OTHER_STATES: [(&str, u64); 14] = [
    ("BOLIVIA", 60),
    ("VENEZUELA", 40),
    ("TURCHIA", 110),
    ("ALGERIA", 100),
    ("ETIOPIA", 40),
    ("SIRIA", 40),
    (SERBIA, 140),
    ("BOSNIA-ERZEGOVINA", 110),
    ("MALI", 90),
    ("GAMBIA", 80),
    ("IRAN", 90),
    ("GIAPPONE", 40),
    ("THAILANDIA", 30),
    ("CAPO VERDE", 30),
];
pub(super) const SERBIA: &str = "SERBIA";

/// Names of states that changed or ended, and the first year in which the archive writes the new one.
pub(super) const EARLIER_NAMES: [(&str, &str, i16); 3] = [
    (SERBIA, "SERBIA E MONTENEGRO", 2010),
    ("MACEDONIA DEL NORD", "EX REPUBBLICA JUGOSLAVA DI MACEDONIA", 2019),
    ("CAPO VERDE", "CABO VERDE", 2014),
];

/// Provinces by ISTAT's code, with weights. Ours; Milan and Rome lead.
pub(super) const PROVINCES: [(&str, u64); 30] = [
    ("015", 130),
    ("058", 105),
    ("001", 55),
    ("017", 42),
    ("016", 38),
    ("048", 36),
    ("037", 34),
    ("063", 32),
    ("036", 26),
    ("023", 28),
    ("024", 24),
    ("028", 24),
    ("026", 24),
    ("010", 22),
    ("035", 18),
    ("034", 16),
    ("012", 18),
    ("013", 14),
    ("020", 14),
    ("054", 14),
    ("100", 18),
    ("059", 16),
    ("061", 14),
    ("065", 14),
    ("087", 12),
    ("082", 10),
    ("072", 12),
    ("022", 12),
    ("021", 10),
    ("030", 10),
];

/// Faults of the archive, per thousand permits. Ours.
pub(super) mod faults {
    /// Permits that are entered after more than a month.
    pub(in crate::italy) const LATE_ENTRIES: u64 = 150;
    /// Renewals that begin after the permit before has expired.
    pub(in crate::italy) const LATE_RENEWALS: u64 = 120;
    /// Renewals that begin before.
    pub(in crate::italy) const EARLY_RENEWALS: u64 = 80;
    /// A second permit for another reason that begins on the same day.
    pub(in crate::italy) const TWO_ON_ONE_DAY: u64 = 10;
    /// Renewals for another reason than before.
    pub(in crate::italy) const OTHER_REASON: u64 = 60;
    /// Rows without the number of a person.
    pub(in crate::italy) const UNIDENTIFIED: u64 = 2;
    /// Rows that are entered once more with first and last day exchanged.
    pub(in crate::italy) const REVERSED: u64 = 1;
    /// Rows without the sex.
    pub(in crate::italy) const SEX_NOT_STATED: u64 = 1;
}
