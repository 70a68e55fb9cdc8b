//! Totals and shares that the synthetic archive of permits adds up to, with where each comes from.
//!
//! *Published* figures name their table. The rest is **ours**: invented to be plausible, and never to be quoted as a finding about
//! Italy. IstatData and I.Stat are databases of ISTAT; their tables of permits are called PERMSOGG1 (CC BY 4.0).

/// The first and the last year of which new permits are made; stocks are those of the 1 January of the years from the first on.
pub(super) const YEARS: (i16, i16) = (2008, 2024);

/// The first year of [`Community::stock`], and that of [`Community::new`].
pub(super) const FIRST_STOCK: i16 = 2012;
pub(super) const FIRST_NEW: i16 = 2014;

/// The name of all citizens that the published tables do not tell apart here.
pub(super) const OTHERS: &str = "ALTRI";

/// Citizens of one state, as they are published.
pub(super) struct Community {
    /// The name of the state as the archive writes it today.
    pub name: &'static str,
    /// Women per thousand. Published: the stock of 1 January 2024.
    pub women: u64,
    /// Holders of valid permits on 1 January 2012 to 2024.
    /// Published: I.Stat, DCIS_PERMSOGG1 (2012-2014); IstatData, PERMSOGG1_1 (2015-2024).
    pub stock: [u64; 13],
    /// New permits of the years 2014 to 2023. Published: IstatData, PERMSOGG1_9.
    pub new: [u64; 10],
}

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

/// States of [`OTHERS`] with the women and the share of each, per thousand: Bolivia, Venezuela, Turkey, Algeria, Ethiopia, Syria, Serbia, Bosnia,
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

/// The communities that are told apart, and all others together. Written from the tables that are named at [`Community`].
pub(super) const COMMUNITIES: [Community; 28] = [
    Community {
        name: "MAROCCO",
        women: 457,
        stock: [
            506_369, 513_374, 524_775, 518_357, 510_450, 454_817, 443_147, 434_169, 428_835, 397_889,
            408_184, 399_146, 371_809,
        ],
        new: [20_378, 17_281, 17_493, 18_609, 20_396, 16_033, 10_266, 23_460, 24_259, 25_134],
    },
    Community {
        name: "ALBANIA",
        women: 495,
        stock: [
            491_495, 497_761, 502_546, 498_419, 482_959, 441_838, 430_340, 428_332, 416_703, 381_120,
            396_918, 389_646, 359_442,
        ],
        new: [15_510, 16_813, 17_517, 20_013, 23_479, 21_437, 13_185, 29_520, 34_594, 33_021],
    },
    Community {
        name: "UCRAINA",
        women: 753,
        stock: [
            223_782, 224_588, 233_726, 236_682, 240_141, 234_066, 235_245, 234_058, 230_639, 223_489,
            230_373, 383_511, 385_819,
        ],
        new: [10_109, 10_543, 7_034, 7_727, 7_951, 6_095, 3_264, 10_087, 167_106, 29_495],
    },
    Community {
        name: "REPUBBLICA POPOLARE CINESE",
        women: 507,
        stock: [
            277_570, 304_768, 320_794, 332_189, 333_986, 318_975, 309_110, 318_003, 301_073, 279_728,
            291_185, 284_495, 267_090,
        ],
        new: [17_243, 15_084, 12_118, 12_030, 11_367, 8_889, 4_731, 8_686, 10_503, 8_346],
    },
    Community {
        name: "BANGLADESH",
        women: 258,
        stock: [
            106_671, 113_811, 127_861, 138_837, 142_403, 132_397, 139_409, 145_707, 148_389, 138_509,
            150_692, 162_341, 167_263,
        ],
        new: [14_744, 10_662, 8_881, 14_235, 13_189, 9_934, 6_467, 15_974, 24_530, 28_546],
    },
    Community {
        name: "EGITTO",
        women: 305,
        stock: [
            117_145, 123_529, 135_284, 141_243, 143_232, 137_668, 140_651, 142_816, 141_452, 138_717,
            151_411, 155_892, 160_181,
        ],
        new: [10_133, 7_328, 7_687, 7_787, 8_807, 6_662, 4_740, 11_550, 16_976, 23_952],
    },
    Community {
        name: "INDIA",
        women: 420,
        stock: [
            145_164, 150_462, 160_296, 166_514, 169_394, 157_978, 157_320, 162_893, 165_663, 153_946,
            162_019, 164_419, 153_041,
        ],
        new: [13_127, 11_762, 9_560, 8_658, 13_621, 11_405, 6_191, 12_680, 14_479, 17_556],
    },
    Community {
        name: "FILIPPINE",
        women: 578,
        stock: [
            152_382, 158_308, 165_783, 169_046, 167_176, 162_469, 161_609, 161_829, 157_664, 150_752,
            156_317, 155_533, 146_285,
        ],
        new: [5_691, 4_003, 4_013, 4_028, 3_720, 2_367, 1_502, 2_930, 3_439, 2_795],
    },
    Community {
        name: "PAKISTAN",
        women: 248,
        stock: [
            90_185, 97_921, 106_485, 115_990, 122_884, 118_181, 125_218, 131_310, 131_173, 122_406, 133_145,
            138_884, 141_015,
        ],
        new: [13_697, 14_437, 15_585, 15_082, 13_355, 11_204, 7_925, 14_759, 20_094, 21_789],
    },
    Community {
        name: "TUNISIA",
        women: 381,
        stock: [
            122_595, 121_483, 122_354, 119_844, 118_821, 110_468, 108_225, 103_249, 99_779, 94_246, 100_113,
            98_243, 99_726,
        ],
        new: [4_603, 3_875, 3_459, 3_743, 4_169, 3_573, 2_400, 6_729, 8_633, 11_542],
    },
    Community {
        name: "SRI LANKA",
        women: 471,
        stock: [
            94_577, 98_679, 104_405, 107_505, 109_968, 105_032, 104_937, 105_990, 104_688, 100_033, 102_906,
            102_492, 98_200,
        ],
        new: [6_344, 4_970, 3_427, 4_131, 4_138, 3_576, 1_679, 2_767, 3_059, 3_320],
    },
    Community {
        name: "SENEGAL",
        women: 273,
        stock: [
            87_311, 92_371, 97_781, 103_408, 107_260, 103_298, 105_240, 106_256, 102_112, 93_354, 100_250,
            101_616, 97_040,
        ],
        new: [8_775, 9_844, 8_815, 11_239, 7_447, 4_637, 2_820, 5_727, 6_946, 5_713],
    },
    Community {
        name: "MOLDOVA",
        women: 672,
        stock: [
            147_519, 149_231, 150_021, 146_654, 141_305, 130_447, 127_632, 125_285, 119_603, 114_124,
            113_579, 107_377, 96_286,
        ],
        new: [3_919, 3_203, 2_538, 2_488, 2_490, 1_947, 1_320, 3_729, 3_913, 2_926],
    },
    Community {
        name: "NIGERIA",
        women: 452,
        stock: [
            57_011, 66_631, 70_125, 78_956, 88_953, 93_915, 103_985, 106_788, 97_939, 91_619, 98_692, 99_630,
            96_122,
        ],
        new: [11_125, 17_074, 20_740, 26_843, 15_532, 5_211, 3_911, 7_799, 9_062, 8_278],
    },
    Community {
        name: "PERÙ",
        women: 580,
        stock: [
            107_847, 109_374, 110_552, 108_542, 103_341, 94_971, 91_969, 91_561, 90_570, 85_000, 90_264,
            96_488, 95_627,
        ],
        new: [3_287, 2_446, 2_575, 3_163, 3_802, 3_977, 2_721, 5_980, 10_611, 11_373],
    },
    Community {
        name: "ECUADOR",
        women: 565,
        stock: [
            89_626, 90_300, 91_145, 88_770, 86_802, 79_845, 77_059, 76_201, 71_477, 66_477, 65_747, 62_459,
            55_459,
        ],
        new: [1_539, 1_456, 1_372, 1_577, 1_667, 1_274, 720, 1_532, 1_823, 2_002],
    },
    Community {
        name: "MACEDONIA DEL NORD",
        women: 495,
        stock: [
            82_209, 83_448, 84_318, 83_145, 80_793, 72_142, 69_742, 66_520, 59_751, 56_578, 55_042, 50_927,
            46_172,
        ],
        new: [2_313, 2_168, 2_040, 2_154, 2_235, 1_761, 1_026, 2_284, 2_492, 2_689],
    },
    Community {
        name: "BRASILE",
        women: 718,
        stock: [
            48_230, 46_964, 46_523, 44_698, 43_530, 41_943, 43_229, 44_591, 46_186, 41_616, 42_402, 46_612,
            45_249,
        ],
        new: [4_670, 4_148, 3_465, 4_509, 5_461, 4_862, 2_481, 3_002, 4_919, 4_565],
    },
    Community {
        name: "FEDERAZIONE RUSSA",
        women: 794,
        stock: [
            37_090, 38_219, 39_314, 40_056, 40_536, 40_124, 40_030, 39_551, 40_223, 38_661, 42_399, 43_570,
            44_922,
        ],
        new: [4_038, 3_852, 3_057, 3_031, 3_192, 2_747, 1_475, 3_268, 4_558, 5_138],
    },
    Community {
        name: "GHANA",
        women: 332,
        stock: [
            51_924, 56_021, 56_607, 55_723, 57_172, 50_800, 51_523, 50_810, 46_889, 42_496, 44_303, 42_177,
            38_515,
        ],
        new: [3_160, 4_482, 4_362, 6_243, 4_228, 1_876, 1_151, 2_245, 2_328, 1_880],
    },
    Community {
        name: "KOSOVO",
        women: 437,
        stock: [
            42_203, 47_092, 49_933, 51_574, 52_055, 49_834, 50_128, 46_963, 44_993, 42_034, 44_575, 39_803,
            36_544,
        ],
        new: [2_254, 3_008, 2_716, 2_737, 2_948, 2_404, 1_429, 2_318, 3_013, 3_201],
    },
    Community {
        name: "STATI UNITI D'AMERICA",
        women: 601,
        stock: [
            36_318, 35_690, 36_783, 36_647, 37_379, 37_895, 37_285, 37_789, 37_812, 33_676, 35_296, 36_031,
            35_249,
        ],
        new: [10_326, 10_007, 8_185, 8_234, 9_135, 7_837, 3_841, 6_999, 6_635, 6_479],
    },
    Community {
        name: "REPUBBLICA DOMINICANA",
        women: 614,
        stock: [
            27_896, 29_127, 30_143, 30_227, 29_278, 28_342, 28_355, 28_607, 29_025, 27_558, 28_808, 28_804,
            27_388,
        ],
        new: [1_855, 1_298, 1_581, 1_995, 2_339, 1_679, 831, 1_656, 1_631, 2_066],
    },
    Community {
        name: "COLOMBIA",
        women: 608,
        stock: [
            21_953, 22_032, 22_019, 21_288, 20_326, 18_861, 18_544, 18_651, 19_105, 18_093, 19_525, 21_320,
            21_903,
        ],
        new: [1_429, 1_317, 1_132, 1_386, 1_834, 1_788, 1_146, 1_841, 3_012, 3_260],
    },
    Community {
        name: "COSTA D'AVORIO",
        women: 373,
        stock: [
            24_235, 26_599, 27_660, 27_736, 28_697, 29_114, 31_369, 30_772, 26_533, 23_228, 24_586, 24_700,
            26_152,
        ],
        new: [1_911, 3_354, 5_441, 7_427, 3_662, 1_047, 713, 1_863, 2_082, 4_496],
    },
    Community {
        name: "GEORGIA",
        women: 858,
        stock: [
            9_467, 11_077, 13_074, 14_148, 13_380, 14_008, 14_065, 15_305, 15_381, 15_286, 22_117, 27_551,
            25_349,
        ],
        new: [1_477, 752, 821, 1_054, 1_476, 1_300, 865, 6_592, 7_939, 4_007],
    },
    Community {
        name: "CUBA",
        women: 719,
        stock: [
            22_118, 22_515, 22_950, 23_464, 23_913, 23_466, 23_573, 23_242, 23_400, 22_235, 22_950, 23_887,
            23_858,
        ],
        new: [2_209, 2_192, 1_740, 2_027, 2_043, 1_623, 918, 1_403, 2_074, 2_135],
    },
    Community {
        name: OTHERS,
        women: 452,
        stock: [
            416_832, 432_861, 421_469, 430_254, 434_999, 431_243, 445_995, 440_158, 418_769, 381_006,
            427_742, 440_152, 445_454,
        ],
        new: [52_457, 51_577, 49_580, 60_620, 48_326, 30_109, 16_785, 44_215, 48_408, 55_026],
    },
];
