using System.IO.Compression;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.UseCases;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>CRD-05: what is kept with a case is a document, and its name says so to whoever opens it.</summary>
public sealed class KeepingDocuments
{
    private const string Spreadsheet = CaseDocument.Spreadsheet;

    [Theory]
    [InlineData("application/pdf", "balance sheet.PDF", true)]
    [InlineData("image/jpeg", "x.jpeg", true)]
    [InlineData("text/plain", "offer.hta", false)]
    [InlineData("text/plain", "offer.txt.bat", false)]
    [InlineData("text/csv", "figures.txt", false)]
    [InlineData(Spreadsheet, "figures.xlsm", false)]
    [InlineData(Spreadsheet, "figures.jar", false)]
    [InlineData("text/html", "x.html", false)]
    public void a_name_ends_as_its_type_does(string type, string name, bool isOne) =>
        CaseDocument.IsNameOf(type, name).ShouldBe(isOne);

    [Theory]
    [InlineData("balance sheet.pdf", true)]
    [InlineData("a\u202Efdp.exe", false)]
    [InlineData("a\u200B.pdf", false)]
    [InlineData("a\n.pdf", false)]
    [InlineData("..", false)]
    [InlineData("../x.pdf", false)]
    public void a_name_hides_nothing(string name, bool isOne) => CaseDocument.IsFileName(name).ShouldBe(isOne);

    [Theory]
    [InlineData(true, "[Content_Types].xml", "xl/workbook.xml")]
    [InlineData(false, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")]
    [InlineData(false, "[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/sheet1.xml")]
    [InlineData(false, "[Content_Types].xml", "word/document.xml")]
    [InlineData(false, "META-INF/MANIFEST.MF")]
    public void a_spreadsheet_is_a_workbook_without_macros(bool isOne, params string[] parts)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var part in parts)
                zip.CreateEntry(part);
        }

        DocumentContent.IsOf(Spreadsheet, packed.ToArray()).ShouldBe(isOne);
        DocumentContent.IsOf(Spreadsheet, packed.ToArray().AsMemory(0, 20)).ShouldBeFalse("it is cut off");
    }
}
