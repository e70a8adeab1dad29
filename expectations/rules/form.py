"""Whether what was read is whole: offsets, partition of the text, damage, blanks that were not filled in, numbers run together."""

from __future__ import annotations

from expectations.declaration import Rule, in_text

_DAMAGE = "锟斤拷|烫烫烫|屯屯屯|\ufffd+"

RULES = [
    Rule(
        "offsets_true",
        "form",
        "critical",
        "metrics",
        "A figure is traced to its characters: text[char_start:char_end] = quote.",
        "the contract of the tables",
        "a quote that does not stand where its offsets point",
        "select metric_id row_id, m.report_id, 'The offsets do not point at the quote.' message, quote evidence, char_start from metrics m join reports r using (report_id) "
        "where substring(r.text, char_start + 1, char_end - char_start) <> quote",
        scope="report",
    ),
    Rule(
        "sections_cover_text",
        "form",
        "critical",
        "sections",
        "The sections of a report partition its text: nothing is lost.",
        "the contract of the tables",
        "a paragraph that stands in no section",
        # every section begins where another ends, but for the first and the last: compared by sums of hashes, which needs no order
        "select r.report_id row_id, r.report_id, 'The sections leave a gap in the text or overlap.' message, null evidence, null char_start from reports r left join "
        "(select report_id, min(char_start) a, max(char_end) b, sum(hash(char_end)) - sum(hash(char_start)) ends, bool_and(char_start <= char_end) forward from sections group by report_id) s "
        "using (report_id) where s.report_id is null or a <> 0 or b <> length(r.text) or not forward or ends <> hash(length(r.text)::integer)::hugeint - hash(0::integer)::hugeint",
        scope="report",
    ),
    Rule(
        "counts_reconcile",
        "form",
        "critical",
        "runs",
        "What a run saw is what it loaded, left unchanged and quarantined.",
        "the contract of the tables",
        "10 seen, 8 loaded, 1 quarantined",
        "select run_id row_id, null report_id, 'seen is not loaded + unchanged + quarantined.' message, seen || ' = ' || loaded || ' + ' || unchanged || ' + ' || quarantined evidence, null char_start "
        "from runs where outcome in ('published', 'unchanged', 'held') and seen <> loaded + unchanged + quarantined",
    ),
    Rule(
        "text_damaged",
        "form",
        "warning",
        "reports",
        "Characters that a wrong conversion leaves behind (锟斤拷, U+FFFD) may have taken figures with them.",
        "how GB18030 bytes read as UTF-8 and back look",
        "普法形式锟斤拷单一",
        in_text("true", _DAMAGE, "The text was damaged by a wrong conversion: fetch it again."),
        scope="report",
    ),
    Rule(
        "text_unreadable",
        "form",
        "warning",
        "reports",
        "Where a fiftieth of the characters is damaged the figures that are left cannot be trusted to be all.",
        "how GB18030 bytes read as UTF-8 and back look",
        "锟斤拷 in every sentence",
        "select report_id row_id, report_id, 'A large part of the text was damaged by a wrong conversion: fetch it again.' message, "
        f"regexp_extract(text, '{_DAMAGE}') evidence, strpos(text, regexp_extract(text, '{_DAMAGE}')) - 1 char_start from reports "
        "where length(text) - length(regexp_replace(regexp_replace(text, '锟斤拷|烫烫烫|屯屯屯', '', 'g'), '\ufffd', '', 'g')) > 0.02 * length(text)",
        scope="report",
    ),
    Rule(
        "numbers_fused",
        "form",
        "warning",
        "reports",
        "Where brackets or a dash were lost two numbers run together: 〔2023〕5号, 2021—2025年.",
        "GB/T 9704-2012, 7.2.5: the year of a document number stands in 〔〕",
        "政发20235号; 20212025年",
        in_text(
            "true",
            "(?:发|办|字|函|规|令)(?:19|20)[0-9]{2}[0-9]{1,4}号|(?:19|20)[0-9]{2}(?:19|20)[0-9]{2}年",
            "Two numbers have run together: brackets or a dash were lost.",
        ),
        scope="report",
    ),
    Rule(
        "placeholder_left",
        "form",
        "warning",
        "reports",
        "A template whose blanks were not filled in (XX次) reports nothing there.",
        "how templates of such reports are written",
        "开展培训XX次",
        in_text(
            "true",
            "[xX×Ｘｘ]{1,4}(?:余)?(?:次|名|件|人|起|场|份|户|万元|个)",
            "A blank of the template was not filled in.",
        ),
        scope="report",
    ),
    Rule(
        "numeral_unexplained",
        "form",
        "info",
        "numerals",
        "Every number is a figure, a named kind of non-figure, or it is signalled.",
        "strict interpretation: nothing read is silently dropped",
        "a number of no known form",
        "select numeral_id row_id, report_id, 'A number that is neither a figure nor of a known kind.' message, "
        "quote evidence, char_start from numerals where kind = 'unexplained'",
        scope="report",
    ),
    Rule(
        "code_uncertain",
        "form",
        "info",
        "metrics",
        "A code that the classifier is not sure of asks for review.",
        "the accuracy of codes by confidence, docs/accuracy.md",
        "confidence 0.41",
        "select metric_id row_id, report_id, 'The metric code is uncertain (confidence ' || printf('%.2f', confidence) || '): please review.' message, metric_code || ': ' || quote evidence, char_start from metrics where confidence < 0.5",
        scope="report",
    ),
    Rule(
        "decision_lapsed",
        "form",
        "warning",
        "decisions",
        "A correction or a review holds for the text and the reading it was made on; when these change it must be made again.",
        "a correction is a record with a guard",
        "a correction of 42起 in a report that now says 43起",
        "select decision_id row_id, report_id, message, quote evidence, null char_start from decisions where state = 'lapsed'",
    ),
    Rule(
        "year_known",
        "form",
        "warning",
        "reports",
        "A report belongs to a year.",
        "the contract of the tables",
        "a report whose text names no year",
        "select report_id row_id, report_id, 'The year that the report is about was not found.' message, title evidence, null char_start from reports where report_year is null",
        scope="report",
    ),
    Rule(
        "body_identified",
        "form",
        "info",
        "reports",
        "A report belongs to one body; a name that several bodies share is not guessed.",
        "the contract of the tables",
        "沙河乡, of which there are six",
        "select report_id row_id, report_id, 'The reporting body is ' || coalesce(t.resolution, 'not named') || ': bring a register, or sort the file into a folder named after its county.' message, "
        "coalesce(r.township_name, r.title) evidence, null char_start from reports r left join townships t using (township_id) where coalesce(t.resolution, 'unresolved') in ('ambiguous', 'unresolved')",
    ),
]
