"""A question about a section is answered from the whole of it, or asked back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from app.marks import unmarked
from app.sections.asked import SectionAsked
from app.sections.extract import Extract, extract
from app.sections.outline import Section, key_of, matching, nearest, sections
from app.sections.wording import SECTION_MESSAGES
from app.synthesizer import CitingSynthesizer
from index.library import Library
from index.store import Entry
from records import Answer, Citation, Document, Hit, Passage
from settings import Settings

_OFFERED = 6
_REMEMBERED = 512


class SectionAnswers:
    """Finds sections in the outlines of a library's documents, and sums one up."""

    def __init__(
        self, library: Library, document: Callable[[str], Document], settings: Settings
    ) -> None:
        """``document`` gives the stored document of an id."""
        self._library = library
        self._most = settings.answer.max_citations
        self._words = SECTION_MESSAGES[settings.language]
        self._sections = lru_cache(maxsize=_REMEMBERED)(lambda key: sections(document(key)))

    def stream(
        self,
        question: str,
        asked: SectionAsked,
        documents: Sequence[str],
        synthesizer: CitingSynthesizer,
    ) -> Iterator[Answer]:
        """The summary of the one section that is meant, as it grows; else one refusal.

        The refusal names the sections that may be meant, or the nearest ones where none is.
        """
        started = time.perf_counter()
        entries = self._searched(question, asked, documents)
        titles = {entry.id: entry.title for entry in entries}
        known = [section for entry in entries for section in self._sections(entry.id)]
        found = [s for entry in entries for s in matching(asked, self._sections(entry.id))]
        if len(found) == 1:
            passages = self._passages(found[0])
            quoted = self._extracted(question, found[0], titles, passages, synthesizer)
            quoted = replace(quoted, timings_ms={"read": (time.perf_counter() - started) * 1000})
            yield from self._summed_up(question, passages, quoted, synthesizer)
            return
        yield Answer(question, self._asked_back(asked, found, known, titles), refused=True)

    def _searched(
        self, question: str, asked: SectionAsked, documents: Sequence[str]
    ) -> list[Entry]:
        """The documents within ``documents`` that the question names; all, if it names none."""
        entries = [e for e in self._library.store.entries() if not documents or e.id in documents]
        if asked.document:
            wanted = key_of(asked.document)
            same = [e for e in entries if key_of(e.title) == wanted]
            return same or [e for e in entries if wanted in key_of(e.title)]
        said = key_of(question.replace(asked.title, "") if asked.title else question)
        return [e for e in entries if len(e.title) > 3 and key_of(e.title) in said] or entries

    def _passages(self, section: Section) -> tuple[Passage, ...]:
        stored = self._library.store.passages_of(section.document_id)
        return tuple(passage for passage in stored if section.span.contains(passage.span))

    def _extracted(
        self,
        question: str,
        section: Section,
        titles: dict[str, str],
        passages: Sequence[Passage],
        synthesizer: CitingSynthesizer,
    ) -> Answer:
        """The extract; without any text to quote, a refusal."""
        made = extract(passages, self._library.segmenter.content_words, self._most)
        cited = [
            synthesizer.cite(number, each.passage.document_id, each.span)
            for number, each in enumerate(made.chosen, start=1)
        ]
        place = self._place(section, titles)
        text, notes = self._paragraphs(place, len(passages), made, cited)
        if not cited:
            return Answer(question, self._words.nothing_in_it.format(place=place), refused=True)
        return Answer(
            question=question,
            text="\n\n".join(text),
            confidence=1.0,
            citations=tuple(cited),
            hits=_hits(dict.fromkeys(each.passage for each in made.chosen)),
            notes=tuple(notes),
        )

    def _paragraphs(
        self, place: str, count: int, made: Extract, cited: Sequence[Citation]
    ) -> tuple[list[str], list[str]]:
        """The paragraphs of the extract, and those of them that aren't quotes."""
        lines = [self._words.extract.format(place=place, count=count)]
        notes = list(lines)
        before: tuple[str, ...] = ()
        for each, citation in zip(made.chosen, cited, strict=True):
            if each.passage.headings != before and each.passage.headings:
                notes.append(unmarked(each.passage.headings[-1]))
                lines.append(notes[-1])
            before = each.passage.headings
            lines.append(f"“{citation.quote}” [{citation.number}]")
        if made.left_out:
            notes.append(self._words.left_out.format(titles=_listed(made.left_out)))
            lines.append(notes[-1])
        return lines, notes

    def _summed_up(
        self,
        question: str,
        passages: Sequence[Passage],
        quoted: Answer,
        synthesizer: CitingSynthesizer,
    ) -> Iterator[Answer]:
        """The synthesizer's summary, which says what of the section it was not made from."""
        for answer in synthesizer.summed_up(question, _hits(passages), quoted):
            left = passages[len(answer.hits) :] if answer.mode == "generated" else ()
            if left and not answer.refused:
                titles = _listed(dict.fromkeys(p.headings[-1] for p in left if p.headings))
                said = self._words.not_given.format(
                    count=len(passages), left=len(left), titles=titles
                )
                answer = replace(answer, text=f"{answer.text}\n\n{said}", notes=(said,))
            yield answer

    def _asked_back(
        self,
        asked: SectionAsked,
        found: Sequence[Section],
        known: Sequence[Section],
        titles: dict[str, str],
    ) -> str:
        """Which sections are meant, or why there is none, and which there are."""
        words, said = self._words, unmarked(asked.said)
        if not titles:
            return words.no_document.format(title=unmarked(asked.document))
        if not known:
            return words.no_outline
        if found:
            title = unmarked(titles[found[0].document_id])
            head = [words.several.format(count=len(found), said=said, title=title)]
        else:
            head = [words.missing.format(said=said), words.offered]
        offered = found or nearest(asked, known, _OFFERED)
        return "\n\n".join([*head, *(self._place(s, titles) for s in offered[:_OFFERED])])

    def _place(self, section: Section, titles: dict[str, str]) -> str:
        title = titles[section.document_id]
        path = section.path[1:] if section.path[0] == title else section.path
        return unmarked(self._words.listed.format(document=title, path=" > ".join(path)))


def _hits(passages: Iterator[Passage] | Sequence[Passage] | dict[Passage, None]) -> tuple[Hit, ...]:
    """Passages as hits, in the document's order: none of them was searched for."""
    return tuple(Hit(passage, 1.0, rank) for rank, passage in enumerate(passages, start=1))


def _listed(titles: Sequence[str] | dict[str, None]) -> str:
    return unmarked("、".join(filter(None, titles)))
