# Emigration from Peru by year under three rules, from a release, in R:
#
#   Rscript notebooks/emigration.R releases/peru-1990-2007/2008-03-synthetic/public emigration.png
#
# The tables are read by duckdb or arrow where one of these packages is installed. Where none is, base R reads the CSV form, which a
# release has whose pipeline says so:
#
#   [release]
#   formats = ["parquet", "csv"]

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 2) stop("usage: Rscript emigration.R PUBLIC_FOLDER_OF_A_RELEASE PICTURE.png")
release <- arguments[1]

read_table <- function(name) {
  parquet <- file.path(release, "tables", paste0(name, ".parquet"))
  csv <- file.path(release, "tables", paste0(name, ".csv"))
  if (requireNamespace("duckdb", quietly = TRUE) && requireNamespace("DBI", quietly = TRUE)) {
    connection <- DBI::dbConnect(duckdb::duckdb())
    on.exit(DBI::dbDisconnect(connection, shutdown = TRUE))
    return(DBI::dbGetQuery(connection, sprintf("SELECT * FROM '%s'", parquet)))
  }
  if (requireNamespace("arrow", quietly = TRUE)) return(as.data.frame(arrow::read_parquet(parquet)))
  if (!file.exists(csv)) stop("neither duckdb nor arrow is installed, and the release has no CSV: add formats = [\"parquet\", \"csv\"]")
  # `NA` is the code of Namibia; what is missing is an empty field.
  read.csv(csv, na.strings = "", encoding = "UTF-8", stringsAsFactors = FALSE)
}

emigrants <- read_table("emigrants")
# Totals (`_T`) stand beside their parts: take the one or the other. `year` is a number, so that its total has none.
totals <- subset(emigrants, sex == "_T" & age_group == "_T" & !is.na(year))
counts <- subset(totals, indicator == "emigration")[, c("rule", "year", "value", "obs_status")]
upper <- subset(totals, indicator == "emigration_upper")[, c("rule", "year", "value")]
names(upper)[3] <- "upper"
by_year <- merge(counts, upper, all.x = TRUE)
# A rule that follows no status is never undecided.
by_year$upper[is.na(by_year$upper)] <- by_year$value[is.na(by_year$upper)]
by_year <- by_year[order(by_year$rule, by_year$year), ]

print(reshape(by_year[by_year$year >= 2003, c("rule", "year", "value")], idvar = "year", timevar = "rule", direction = "wide"), row.names = FALSE)

rules <- c("nz_12_16", "continuous_12", "pe_1990_2007")
labels <- c("12 of 16 months (New Zealand)", "12 months without a night at home", "last exit (Peru)")
colours <- c("#d55e00", "#009e73", "#0072b2")  # Okabe and Ito
persons <- 100 / 1000  # a sample of 1 in 100, in thousands

png(arguments[2], width = 800, height = 460, res = 100, type = "cairo")
par(mar = c(4.2, 4, 2, 1), cex = 0.85, las = 1)
plot(NULL, xlim = c(1990, 2007.3), ylim = c(0, 300), xlab = "", ylab = "thousand persons", bty = "l")
title("One register, three answers: emigration from Peru by year", adj = 0)
for (i in seq_along(rules)) {
  points <- by_year[by_year$rule == rules[i], ]
  decided <- points[points$year < 2007, ]
  polygon(c(decided$year, rev(decided$year)), persons * c(decided$value, rev(decided$upper)), col = adjustcolor(colours[i], 0.25), border = NA)
  lines(decided$year, persons * decided$value, col = colours[i], lty = i, lwd = 2)
  provisional <- points[points$year == 2007, ]
  at <- 2007 + 0.16 * (i - 2)
  segments(at, persons * provisional$value, at, persons * provisional$upper, col = adjustcolor(colours[i], 0.35), lwd = 5, lend = 1)
  points(at, persons * provisional$value, pch = 21, bg = "white", col = colours[i])
}
legend("topleft", labels, col = colours, lty = seq_along(rules), lwd = 2, bty = "n", title = "emigrants under the rule", title.adj = 0.1)
mtext("SYNTHETIC DATA: no record is about a real person. Bands: undecided. Hollow: provisional. Source: denizen, synthetic crossings (CC0-1.0).",
      side = 1, line = 2.8, adj = 0, cex = 0.65, col = "#6b6b6b")
invisible(dev.off())
