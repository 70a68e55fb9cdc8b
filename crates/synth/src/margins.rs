//! Totals and shares that the synthetic register adds up to, with where each comes from.
//!
//! *Published* figures name the page they were read on. The rest is **ours**: invented to be plausible, and never to
//! be quoted as a finding about Peru.
//!
//! The study is *Perú: Estadísticas de la migración internacional de peruanos, 1990-2007* (INEI, DIGEMIN, IOM),
//! presented on 6 March 2008, and its neighbouring editions.

/// A country, ISO 3166-1 alpha-3.
pub(super) type Code = [u8; 3];

pub(super) const PERU: Code = *b"PER";
pub(super) const NOT_STATED: Code = *b"NNN";

/// Peruvians who left between 1990 and May 2007 and did not return.
/// Published: El Comercio, 7 March 2008, as copied by piuraweb.blogspot.com.
pub(super) const EMIGRANTS: u64 = 1_940_817;

/// Women among them: the sum over the continents.
/// Published: connuestroperu.com, Gonzales-Lara, tables of the 1990-2007 edition.
pub(super) const WOMEN: u64 = 994_192;

/// Emigrants by year of their last exit; 2007 ends on 31 May.
///
/// Published (El Comercio, as above): 1990 and 2006, the sum, and that more than half left in the last four years
/// (GDA agency in emol.com, 2008). The other years are ours: a smooth rise that keeps to those.
pub(super) const YEARS: [(i16, u64); 18] = [
    (1990, 46_596),
    (1991, 47_318),
    (1992, 48_627),
    (1993, 50_264),
    (1994, 52_341),
    (1995, 54_905),
    (1996, 58_012),
    (1997, 62_187),
    (1998, 67_430),
    (1999, 74_218),
    (2000, 83_576),
    (2001, 97_345),
    (2002, 120_870),
    (2003, 165_420),
    (2004, 210_380),
    (2005, 258_150),
    (2006, 291_500),
    (2007, 151_678),
];

/// Years of [`YEARS`] whose scaled value is the published one scaled, and not what the sum leaves over.
pub(super) const PUBLISHED_YEARS: [i16; 2] = [1990, 2006];

/// Crossings by month, per hundred: summer holidays and the end of the year lead. Ours.
pub(super) const MONTHS: [u64; 12] = [11, 10, 9, 8, 7, 7, 8, 8, 7, 7, 7, 11];

/// Emigrants per thousand aged 0-14, 15-44 and 45-90 at their last exit.
/// Published: the middle one, 76.4 % (1990-2008 edition; IOM news "IOM releases two new studies on Peruvian
/// migration", iom.int). The division of the rest is ours.
pub(super) const AGE_GROUPS: [(usize, u64); 3] = [(15, 96), (45, 764), (91, 140)];

/// The profile by single year of age within those groups: (age, height), straight lines between. Ours.
pub(super) const AGE_PROFILE: [(u64, u64); 12] = [
    (0, 120),
    (5, 180),
    (14, 250),
    (18, 600),
    (22, 1000),
    (26, 1000),
    (30, 850),
    (44, 380),
    (50, 250),
    (60, 80),
    (75, 12),
    (90, 1),
];

/// Country of **first destination**, as declared on the Andean Migration Card (TAM): per ten thousand that state one.
///
/// Published: Chile first with 22 %; South America together 62.3 %; then, in this order, the United States, Bolivia,
/// Ecuador, Spain, Argentina, Venezuela, Colombia, the Netherlands, Brazil (1990-2008 edition; IOM news as above).
/// The single shares below Chile's, and the countries after Brazil, are ours.
pub(super) const FIRST_DESTINATIONS: [(Code, u64); 27] = [
    (*b"CHL", 2200),
    (*b"USA", 1680),
    (*b"BOL", 1580),
    (*b"ECU", 1050),
    (*b"ESP", 880),
    (*b"ARG", 615),
    (*b"VEN", 330),
    (*b"COL", 245),
    (*b"NLD", 200),
    (*b"BRA", 180),
    (*b"ITA", 160),
    (*b"PAN", 140),
    (*b"MEX", 130),
    (*b"JPN", 115),
    (*b"CRI", 85),
    (*b"CAN", 65),
    (*b"DEU", 65),
    (*b"FRA", 60),
    (*b"CUB", 50),
    (*b"DOM", 35),
    (*b"GBR", 35),
    (*b"CHE", 25),
    (*b"PRY", 15),
    (*b"URY", 15),
    (*b"SLV", 15),
    (*b"GTM", 15),
    (*b"CHN", 15),
];

/// Emigrants per thousand whose first destination is not stated. Ours.
pub(super) const DESTINATION_NOT_STATED: u64 = 20;

/// Country of **residence** abroad, as on the civil register (RENIEC): per ten thousand that state one.
///
/// Near published: Italy's tenth, printed as 10.1 % (1990-2011 edition, peru21.pe) and 10.2 % (2013 edition,
/// yumpu.com 59396751 p. 38, whose charts name RENIEC as the source). Near published as well: United States 30.9,
/// Spain 14.3 and Argentina 12.6 % (1990-2005, press of January 2007), United States 31.5, Argentina 14.3, Chile 8.8,
/// Japan 4.1 and Venezuela 3.8 % (1990-2011, as above). The table of the 1990-2007 edition itself was not found: the
/// digits here, and the countries from Bolivia on, are ours.
pub(super) const RESIDENCES: [(Code, u64); 28] = [
    (*b"USA", 3100),
    (*b"ARG", 1400),
    (*b"ESP", 1300),
    (*b"ITA", 1000),
    (*b"CHL", 930),
    (*b"JPN", 370),
    (*b"VEN", 310),
    (*b"BOL", 270),
    (*b"ECU", 200),
    (*b"BRA", 180),
    (*b"CAN", 140),
    (*b"DEU", 130),
    (*b"FRA", 100),
    (*b"CHE", 80),
    (*b"MEX", 75),
    (*b"COL", 65),
    (*b"AUS", 55),
    (*b"SWE", 50),
    (*b"GBR", 45),
    (*b"NLD", 40),
    (*b"PAN", 35),
    (*b"CRI", 30),
    (*b"BEL", 25),
    (*b"CUB", 20),
    (*b"KOR", 15),
    (*b"NZL", 15),
    (*b"PRY", 10),
    (*b"URY", 10),
];

/// Emigrants per thousand whose country of residence is not stated. Ours.
pub(super) const RESIDENCE_NOT_STATED: u64 = 30;

/// Of the emigrants who could go straight to where they live, those who do, per ten. Ours: the two concepts are
/// published apart, never crossed.
pub(super) const STRAIGHT: u64 = 6;

/// Citizens per thousand stays at home who cross a land border and come back on one day of it. Ours.
pub(super) const DAY_TRIPS: u64 = 150;

/// Where to, per hundred. Ours.
pub(super) const DAY_TRIP_COUNTRIES: [(Code, u64); 3] = [(*b"CHL", 50), (*b"BOL", 30), (*b"ECU", 20)];

/// Citizenships of the foreigners who come and go. Ours.
pub(super) const FOREIGNERS: [(Code, u64); 14] = [
    (*b"CHL", 260),
    (*b"USA", 190),
    (*b"ECU", 120),
    (*b"BOL", 100),
    (*b"ARG", 70),
    (*b"ESP", 60),
    (*b"COL", 50),
    (*b"FRA", 30),
    (*b"GBR", 30),
    (*b"DEU", 30),
    (*b"BRA", 25),
    (*b"ITA", 15),
    (*b"JPN", 15),
    (*b"VEN", 5),
];

/// Peruvians who travelled and are back at the cut-off, per thousand emigrants. Ours.
pub(super) const RETURNED: u64 = 600;

/// Peruvians last seen leaving before the period, per thousand emigrants. Ours.
pub(super) const LEFT_BEFORE: u64 = 10;

/// Peruvians first seen leaving after the cut-off, per thousand emigrants. Ours.
pub(super) const LEFT_AFTER: u64 = 20;

/// Foreigners per nine citizens of Peru, which makes one person in ten. Ours.
pub(super) const FOREIGNERS_PER_NINE: u64 = 1;

/// Per thousand emigrants: those who come back after the cut-off, too late to change the answer. Ours.
pub(super) const BACK_AFTER: u64 = 50;

/// Per thousand returned travellers: those who leave again after the cut-off. Ours.
pub(super) const AGAIN_AFTER: u64 = 50;

/// Per thousand emigrants: those who already lived abroad at their earlier crossings. Ours.
pub(super) const VISITORS: u64 = 400;

/// Emigrants per hundred with 0, 1, 2, … journeys before their last exit. Ours.
pub(super) const EMIGRANTS_JOURNEYS: [u64; 5] = [60, 25, 10, 4, 1];

/// Returned travellers and foreigners per hundred with 0, 1, 2, … journeys before the last one. Ours.
pub(super) const TRAVELLERS_JOURNEYS: [u64; 5] = [82, 13, 3, 1, 1];
