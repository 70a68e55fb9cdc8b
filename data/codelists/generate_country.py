#!/usr/bin/env python3
"""Write a code list of countries, generated from Unicode CLDR, to standard output.

    npm pack cldr-localenames-full@48.2.0 cldr-core@48.2.0
    mkdir names core
    tar xzf cldr-localenames-full-48.2.0.tgz -C names --strip-components=1
    tar xzf cldr-core-48.2.0.tgz -C core --strip-components=1
    python3 generate_country.py names core                           > country.csv
    python3 generate_country.py names core --list peru-alpha3        > peru-alpha3.csv
    python3 generate_country.py names core --list istat-citizenship  > istat-citizenship.csv

With the CLDR version above the output equals the committed files byte for byte. Only the
standard library is used.
"""

import argparse
import csv
import io
import json
import pathlib
import sys

VERSION = "48.2.0"
LANGUAGES = ("en", "it", "es")
COUNTRIES = 249  # officially assigned codes of ISO 3166-1

# CLDR also names exceptional reservations (no numeric code) and its own groupings and
# private codes (numeric code 900 and above); neither is a country of ISO 3166-1.
FIRST_PRIVATE_NUMBER = 900

# Codes that ISO 3166-1 does not have, or no longer has, in the list `country`.
# Kosovo has neither an ISO alpha-3 nor an M49 code: the user-assigned XKX, XKK and 983 that
# circulate are not agreed, so both columns stay empty.
# What is left over beside the countries is a residual: it is never ranked.
# code: (labels en, it, es; alpha3; m49)
SPECIAL = {
    "CS": ("Serbia and Montenegro", "Serbia e Montenegro", "Serbia y Montenegro", "SCG", "891"),
    "_O": ("Other countries", "Altri paesi", "Otros países", "", ""),
    "_S": ("Stateless", "Apolide", "Apátrida", "", ""),
}

# Codes of ISTAT's list of main countries of citizenship beside the ISO alpha-2 codes.
# code: (labels en, it, es; kind; code in the list `country`)
ISTAT = {
    "999": ("Stateless", "Apolide", "Apátrida", "residual", "_S"),
    "AFR": ("Africa", "Africa", "África", "aggregate", ""),
    "AFR_C_S": ("Central and South Africa", "Africa centro-meridionale", "África central y meridional", "aggregate", ""),
    "AFR_E": ("Eastern Africa", "Africa orientale", "África oriental", "aggregate", ""),
    "AFR_N": ("Northern Africa", "Africa settentrionale", "África septentrional", "aggregate", ""),
    "AFR_W": ("Western Africa", "Africa occidentale", "África occidental", "aggregate", ""),
    "AME": ("America", "America", "América", "aggregate", ""),
    "AME_C_S": ("Central and South America", "America centro-meridionale", "América central y meridional", "aggregate", ""),
    "AME_N": ("Northern America", "America settentrionale", "América septentrional", "aggregate", ""),
    "ASI": ("Asia", "Asia", "Asia", "aggregate", ""),
    "ASI_E": ("Eastern Asia", "Asia orientale", "Asia oriental", "aggregate", ""),
    "ASI_W": ("Western Asia", "Asia occidentale", "Asia occidental", "aggregate", ""),
    "EU28": ("European Union, 28 countries", "Unione europea, 28 paesi", "Unión Europea, 28 países", "aggregate", ""),
    "EUR": ("Europe", "Europa", "Europa", "aggregate", ""),
    "EUR_C_E": ("Central and Eastern Europe", "Europa centro-orientale", "Europa central y oriental", "aggregate", ""),
    "EUR_OTH": ("Other European countries", "Altri paesi europei", "Otros países europeos", "aggregate", ""),
    "OCE": ("Oceania", "Oceania", "Oceanía", "aggregate", ""),
    "WORLD": ("World", "Mondo", "Mundo", "total", ""),
    "X1033": ("All countries of origin", "Tutti i paesi di provenienza", "Todos los países de origen", "aggregate", ""),
    "X777": ("Other countries, stateless included", "Altri paesi, apolidi compresi", "Otros países, apátridas incluidos", "aggregate", ""),
    "X94": ("Serbia and Montenegro", "Serbia e Montenegro", "Serbia y Montenegro", "detail", "CS"),
    "X95": ("Kosovo", "Kosovo", "Kosovo", "detail", "XK"),
    "XASI_C_S": ("Central and South Asia", "Asia centro-meridionale", "Asia central y meridional", "aggregate", ""),
}


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def names(localenames, language):
    path = localenames / "main" / language / "territories.json"
    return read_json(path)["main"][language]["localeDisplayNames"]["territories"]


def iso_countries(localenames, core):
    """The countries of ISO 3166-1: code -> (labels en, it, es; alpha3; m49)."""
    labels = [names(localenames, language) for language in LANGUAGES]
    mappings = read_json(core / "supplemental" / "codeMappings.json")
    countries = {}
    for code, mapping in mappings["supplemental"]["codeMappings"].items():
        number = mapping.get("_numeric", "")
        is_alpha2 = len(code) == 2 and code.isalpha()
        if is_alpha2 and number and int(number) < FIRST_PRIVATE_NUMBER and code in labels[0]:
            countries[code] = (*(label[code] for label in labels), mapping["_alpha3"], number)
    if len(countries) != COUNTRIES:
        sys.exit(f"{len(countries)} countries instead of {COUNTRIES}: has ISO 3166-1 changed?")
    return countries


def country(localenames, core):
    kosovo = (*(names(localenames, language)["XK"] for language in LANGUAGES), "", "")
    countries = {**iso_countries(localenames, core), **SPECIAL, "XK": kosovo}
    kind = {"_O": "residual", "_S": "residual"}
    rows = [(code, *c[:3], kind.get(code, "detail"), *c[3:]) for code, c in countries.items()]
    return ("alpha3", "m49"), rows


def peru_alpha3(localenames, core):
    countries = {**iso_countries(localenames, core), **SPECIAL}
    rows = [(c[3], *c[:3], "detail", code) for code, c in countries.items() if c[3]]
    return ("country",), rows


def istat_citizenship(localenames, core):
    countries = iso_countries(localenames, core)
    rows = [(code, *c[:3], "detail", code) for code, c in countries.items()]
    rows += [(code, *row) for code, row in ISTAT.items()]
    return ("country",), rows


LISTS = {"country": country, "peru-alpha3": peru_alpha3, "istat-citizenship": istat_citizenship}


def check_version(package):
    version = read_json(package / "package.json")["version"]
    if version != VERSION:
        print(f"warning: {package} is CLDR {version}; the lists were made from {VERSION}", file=sys.stderr)


def to_csv(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "label_en", "label_it", "label_es", "kind", *header))
    writer.writerows(sorted(rows, key=lambda row: row[0].encode()))
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("localenames", type=pathlib.Path, help="unpacked npm package cldr-localenames-full")
    parser.add_argument("core", type=pathlib.Path, help="unpacked npm package cldr-core")
    parser.add_argument("--list", choices=LISTS, default="country")
    args = parser.parse_args()
    check_version(args.localenames)
    check_version(args.core)
    # Bytes, so that neither the locale nor the platform changes the encoding or the line ends.
    sys.stdout.buffer.write(to_csv(*LISTS[args.list](args.localenames, args.core)).encode())


if __name__ == "__main__":
    main()
