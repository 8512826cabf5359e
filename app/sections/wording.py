"""What is said about sections, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from app.messages import Language


@dataclass(frozen=True, slots=True)
class SectionMessages:
    """The texts in one language; ``{…}`` is filled in with ``str.format``."""

    extract: str
    left_out: str
    several: str
    missing: str
    offered: str
    no_outline: str
    no_document: str
    nothing_in_it: str
    not_given: str
    listed: str


SECTION_MESSAGES: dict[Language, SectionMessages] = {
    "zh": SectionMessages(
        extract="{place}（{count} 个段落）摘录，各小标题下取与全节用词最相近的原句：",
        left_out="没有摘录的小标题：{titles}。",
        several="有 {count} 处符合“{said}”。请在问题里写明文档，如“总结《{title}》的{said}”，"
        "或在“查找范围”中选定文档：",
        missing="没有找到“{said}”这一节。",
        offered="最接近的章节：",
        no_outline="查找范围内的文档没有可以识别的章节标题，不能按章节总结。请直接提问。",
        no_document="没有标题含“{title}”的文档。请在“文档”页查看标题。",
        nothing_in_it="{place}下没有可以摘录的正文。",
        not_given="（本节 {count} 个段落中，后 {left} 个超出语言模型的篇幅，没有读：{titles}。）",
        listed="《{document}》{path}",
    ),
    "en": SectionMessages(
        extract="From {place} ({count} passages); under each heading the sentences whose words "
        "are nearest to the whole section's:",
        left_out="Headings without an extract: {titles}.",
        several="{count} sections fit “{said}”. Name the document in the question, such as "
        "“总结《{title}》的{said}”, or choose it under Search in:",
        missing="There is no section “{said}”.",
        offered="The nearest sections:",
        no_outline="No document searched has headings that could be recognised, so there are no "
        "sections to sum up. Ask a question instead.",
        no_document="No document's title holds “{title}”: see the titles under Documents.",
        nothing_in_it="Below {place} there is no text to extract from.",
        not_given="(Of the section's {count} passages the last {left} were more than the language "
        "model has room for and were not read: {titles}.)",
        listed="《{document}》 {path}",
    ),
}
