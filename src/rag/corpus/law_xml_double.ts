/** For tests: laws as XML, written by hand. */

/** A law with a body, as e-Gov writes it. */
export function lawXml(body: string, title = "試験法", num = "令和九十九年法律第一号"): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Law Era="Reiwa" Year="99" Num="1" LawType="Act" Lang="ja">
  <LawNum>${num}</LawNum>
  <LawBody>
    <LawTitle Kana="しけんほう" Abbrev="試法,試" AbbrevKana="しほう">${title}</LawTitle>
    ${body}
  </LawBody>
</Law>`;
}

/** An article of one paragraph. */
export function articleXml(num: string, printed: string, text: string, caption = ""): string {
  return `<Article Num="${num}">${
    caption === "" ? "" : `<ArticleCaption>（${caption}）</ArticleCaption>`
  }<ArticleTitle>${printed}</ArticleTitle>
  <Paragraph Num="1"><ParagraphNum/><ParagraphSentence>
    <Sentence Num="1" WritingMode="vertical">${text}</Sentence>
  </ParagraphSentence></Paragraph></Article>`;
}

/** A law of so many articles. */
export function plainLawXml(articles: number, title?: string, num?: string): string {
  const list = Array.from(
    { length: articles },
    (_, i) => articleXml(String(i + 1), `第${i + 1}条`, `これは${i + 1}番目の条文である。`),
  );
  return lawXml(`<MainProvision>${list.join("\n")}</MainProvision>`, title, num);
}

/** A law that holds every kind of element of the law standard XML. */
export const WHOLE_LAW_XML = lawXml(`
    <EnactStatement>ここに<Ruby>朕<Rt>ちん</Rt></Ruby>は公布する。</EnactStatement>
    <TOC>
      <TOCLabel>目次</TOCLabel>
      <TOCPart Num="1"><PartTitle>第一編　総則</PartTitle><ArticleRange>（第一条・第二条）</ArticleRange></TOCPart>
      <TOCSupplProvision><SupplProvisionLabel>附則</SupplProvisionLabel></TOCSupplProvision>
    </TOC>
    <Preamble><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>我らは誓う。</Sentence></ParagraphSentence></Paragraph></Preamble>
    <MainProvision>
      <Part Num="1">
        <PartTitle>第一編　総則</PartTitle>
        <Article Num="1">
          <ArticleCaption CommonCaption="false">（目的）</ArticleCaption>
          <ArticleTitle>第一条</ArticleTitle>
          <Paragraph Num="1">
            <ParagraphNum/>
            <ParagraphSentence>
              <Sentence Num="1" Function="main">この法律は、<Ruby>瑕疵<Rt>かし</Rt></Ruby>を&lt;正す&gt;。</Sentence>
              <Sentence Num="2" Function="proviso">ただし、<Line Style="double">傍線</Line>は除く。</Sentence>
            </ParagraphSentence>
          </Paragraph>
          <Paragraph Num="2">
            <ParagraphNum>２</ParagraphNum>
            <ParagraphSentence><Sentence>次に掲げるもの</Sentence></ParagraphSentence>
            <Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Column Num="1"><Sentence>甲</Sentence></Column><Column Num="2"><Sentence>甲の意義</Sentence></Column></ItemSentence>
              <Subitem1 Num="1"><Subitem1Title>イ</Subitem1Title><Subitem1Sentence><Sentence>いの一</Sentence></Subitem1Sentence>
                <Subitem2 Num="1"><Subitem2Title>（１）</Subitem2Title><Subitem2Sentence><Sentence>深さ二</Sentence></Subitem2Sentence>
                  <Subitem3 Num="1"><Subitem3Title>（ｉ）</Subitem3Title><Subitem3Sentence><Sentence>深さ三</Sentence></Subitem3Sentence>
                    <Subitem4 Num="1"><Subitem4Title>ａ</Subitem4Title><Subitem4Sentence><Sentence>深さ四</Sentence></Subitem4Sentence>
                      <Subitem5 Num="1"><Subitem5Title>五</Subitem5Title><Subitem5Sentence><Sentence>深さ五</Sentence></Subitem5Sentence>
                        <Subitem6 Num="1"><Subitem6Title>六</Subitem6Title><Subitem6Sentence><Sentence>深さ六</Sentence></Subitem6Sentence>
                          <Subitem7 Num="1"><Subitem7Title>七</Subitem7Title><Subitem7Sentence><Sentence>深さ七</Sentence></Subitem7Sentence>
                            <Subitem8 Num="1"><Subitem8Title>八</Subitem8Title><Subitem8Sentence><Sentence>深さ八</Sentence></Subitem8Sentence>
                              <Subitem9 Num="1"><Subitem9Title>九</Subitem9Title><Subitem9Sentence><Sentence>深さ九</Sentence></Subitem9Sentence>
                                <Subitem10 Num="1"><Subitem10Title>十</Subitem10Title><Subitem10Sentence><Sentence>深さ十</Sentence></Subitem10Sentence></Subitem10>
                              </Subitem9></Subitem8></Subitem7></Subitem6></Subitem5></Subitem4></Subitem3></Subitem2></Subitem1>
            </Item>
            <Item Num="1_2"><ItemTitle>一の二</ItemTitle><ItemSentence><Sentence>枝の号</Sentence></ItemSentence></Item>
            <Item Num="2"><ItemTitle>②</ItemTitle><ItemSentence><Sentence>丸の号</Sentence></ItemSentence></Item>
            <Item Num="3" Delete="true"><ItemTitle>三</ItemTitle><ItemSentence><Sentence>削除</Sentence></ItemSentence></Item>
          </Paragraph>
          <SupplNote>（補記）</SupplNote>
        </Article>
        <Chapter Num="1">
          <ChapterTitle>第一章　通則</ChapterTitle>
          <Section Num="1">
            <SectionTitle>第一節　<Ruby>款<Rt>かん</Rt></Ruby>項</SectionTitle>
            <Subsection Num="1">
              <SubsectionTitle>第一款　細目</SubsectionTitle>
              <Division Num="1">
                <DivisionTitle>第一目　目</DivisionTitle>
                <Article Num="1_2">
                  <ArticleCaption>（表と図）</ArticleCaption><ArticleTitle>第一条の二</ArticleTitle>
                  <Paragraph Num="1" OldStyle="true">
                    <ParagraphCaption>（項の見出し）</ParagraphCaption>
                    <ParagraphNum>①</ParagraphNum>
                    <ParagraphSentence><Sentence>次の表のとおり<QuoteStruct>引用文</QuoteStruct>とする</Sentence><Sentence>終わり</Sentence></ParagraphSentence>
                    <TableStruct>
                      <TableStructTitle>表の題</TableStructTitle>
                      <Table WritingMode="vertical">
                        <TableHeaderRow><TableHeaderColumn>見出し甲</TableHeaderColumn><TableHeaderColumn>見出し乙</TableHeaderColumn></TableHeaderRow>
                        <TableRow><TableColumn rowspan="2"><Sentence>升一</Sentence><Sentence>升二</Sentence></TableColumn><TableColumn><Paragraph Num="1"><ParagraphNum>１</ParagraphNum><ParagraphSentence><Sentence>升の項</Sentence></ParagraphSentence></Paragraph><Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Sentence>升の号</Sentence></ItemSentence></Item></TableColumn></TableRow>
                      </Table>
                      <Remarks><RemarksLabel>備考</RemarksLabel><Sentence>備考の文。</Sentence></Remarks>
                    </TableStruct>
                    <FigStruct><FigStructTitle>図の題</FigStructTitle><Fig src="./pict/1.jpg"/></FigStruct>
                    <List><ListSentence><Sentence>列記一</Sentence></ListSentence>
                      <Sublist1><Sublist1Sentence><Column><Sentence>列記二の甲</Sentence></Column><Column><Sentence>列記二の乙</Sentence></Column></Sublist1Sentence>
                        <Sublist2><Sublist2Sentence><Sentence>列記三</Sentence></Sublist2Sentence>
                          <Sublist3><Sublist3Sentence><Sentence>列記四</Sentence></Sublist3Sentence></Sublist3></Sublist2></Sublist1></List>
                    <StyleStruct><StyleStructTitle>様式の題</StyleStructTitle><Style>様式の中身<Fig src="./pict/2.jpg"/></Style></StyleStruct>
                    <Class Num="1"><ClassTitle>第一類</ClassTitle><ClassSentence><Sentence>類の文</Sentence></ClassSentence>
                      <Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Sentence>類の号</Sentence></ItemSentence></Item></Class>
                    <AmendProvision><AmendProvisionSentence><Sentence>第三条を次のように改める。</Sentence></AmendProvisionSentence>
                      <NewProvision><Article Num="3"><ArticleTitle>第三条</ArticleTitle><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>新しい文。</Sentence></ParagraphSentence></Paragraph></Article></NewProvision></AmendProvision>
                    <MysteryElement>未知の文</MysteryElement>
                  </Paragraph>
                </Article>
              </Division>
            </Subsection>
          </Section>
        </Chapter>
        <Chapter Num="2" Delete="true"><ChapterTitle>第二章　削除</ChapterTitle></Chapter>
      </Part>
      <Article Num="10:12"><ArticleTitle>第十条から第十二条まで</ArticleTitle><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>削除</Sentence></ParagraphSentence></Paragraph></Article>
      <Article Num="13" Delete="true"><ArticleTitle>第十三条　削除</ArticleTitle></Article>
      <Article Num="14"><ArticleTitle>第十四条</ArticleTitle><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>面積は<ArithFormula>ｍ<Sup>２</Sup>＋Ｃ<Sub>Ｏ</Sub></ArithFormula>とする。</Sentence></ParagraphSentence></Paragraph></Article>
    </MainProvision>
    <SupplProvision>
      <SupplProvisionLabel>附　則</SupplProvisionLabel>
      <Paragraph Num="1"><ParagraphCaption>（施行期日）</ParagraphCaption><ParagraphNum>１</ParagraphNum><ParagraphSentence><Sentence>公布の日から施行する。</Sentence></ParagraphSentence></Paragraph>
      <Paragraph Num="2"><ParagraphNum>２</ParagraphNum><ParagraphSentence><Sentence>経過措置。</Sentence></ParagraphSentence></Paragraph>
      <SupplProvisionAppdxTable Num="1"><SupplProvisionAppdxTableTitle>附則別表</SupplProvisionAppdxTableTitle><RelatedArticleNum>（附則第二項関係）</RelatedArticleNum><TableStruct><Table><TableRow><TableColumn><Sentence>附則の升</Sentence></TableColumn></TableRow></Table></TableStruct></SupplProvisionAppdxTable>
      <SupplProvisionAppdxStyle><SupplProvisionAppdxStyleTitle>附則様式第一</SupplProvisionAppdxStyleTitle><StyleStruct><Style><Fig src="x.jpg"/></Style></StyleStruct></SupplProvisionAppdxStyle>
      <SupplProvisionAppdx><ArithFormulaNum>附則付録第一</ArithFormulaNum><ArithFormula>Ａ÷Ｂ</ArithFormula></SupplProvisionAppdx>
    </SupplProvision>
    <SupplProvision AmendLawNum="令和百年法律第三号" Extract="true">
      <SupplProvisionLabel>附　則　抄</SupplProvisionLabel>
      <Chapter Num="1"><ChapterTitle>第一章　経過</ChapterTitle>
        <Article Num="1"><ArticleCaption>（施行）</ArticleCaption><ArticleTitle>第一条</ArticleTitle><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>改正の施行。</Sentence></ParagraphSentence></Paragraph></Article></Chapter>
    </SupplProvision>
    <AppdxTable Num="1"><AppdxTableTitle WritingMode="vertical">別表第一</AppdxTableTitle><RelatedArticleNum>（第一条関係）</RelatedArticleNum>
      <TableStruct><Table><TableRow><TableColumn><Sentence>別表の升</Sentence></TableColumn></TableRow></Table></TableStruct>
      <Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Sentence>別表の号</Sentence></ItemSentence></Item>
      <Remarks><RemarksLabel LineBreak="true">備考</RemarksLabel><Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Sentence>別表の備考</Sentence></ItemSentence></Item></Remarks></AppdxTable>
    <AppdxTable Num="2"><AppdxTableTitle>別表第二　削除</AppdxTableTitle></AppdxTable>
    <AppdxNote><AppdxNoteTitle>別記</AppdxNoteTitle><NoteStruct><NoteStructTitle>記の題</NoteStructTitle><Note>記の文</Note><Remarks><RemarksLabel>注</RemarksLabel><Sentence>記の備考</Sentence></Remarks></NoteStruct></AppdxNote>
    <AppdxStyle><AppdxStyleTitle>様式第一号</AppdxStyleTitle><RelatedArticleNum>（第二条関係）</RelatedArticleNum><StyleStruct><Style>記載例</Style></StyleStruct></AppdxStyle>
    <AppdxFormat><AppdxFormatTitle>書式第一</AppdxFormatTitle><FormatStruct><FormatStructTitle>書の題</FormatStructTitle><Format>書の文</Format></FormatStruct></AppdxFormat>
    <Appdx><ArithFormulaNum>付録第一</ArithFormulaNum><RelatedArticleNum>（第十四条関係）</RelatedArticleNum><ArithFormula Num="1">Ｘ＝Ｙ</ArithFormula><Remarks><RemarksLabel>備考</RemarksLabel><Sentence>式の備考</Sentence></Remarks></Appdx>
    <AppdxFig><AppdxFigTitle>別図第一</AppdxFigTitle><FigStruct><Fig src="./pict/3.jpg"/></FigStruct></AppdxFig>
    <UnknownInBody>捨てる文</UnknownInBody>`);
