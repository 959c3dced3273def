using System.Globalization;
using OrderToCash.Invoicing.EInvoices;

namespace OrderToCash.Invoicing.Tests.EInvoices;

/// <summary>Every file of the corpus reads as counted; bad ones are refused with the rule they break.</summary>
public sealed class ReadingTheEInvoiceCorpus
{
    public static TheoryData<string> Good => EInvoiceCorpus.Files("einvoice-ubl", "einvoice-cii");

    public static TheoryData<string> Bad => EInvoiceCorpus.Files("einvoice-bad");

    /// <summary>
    /// A UBL 2.0 credit note of 2009, older than the standard: it names no specification and rounds within the total
    /// with tax.
    /// </summary>
    private const string BeforeTheStandard = "einvoice-ubl/ZUGFeRD+mustangproject/ubl-creditnote.xml";

    /// <summary>What each bad file breaks first of all.</summary>
    private static readonly Dictionary<string, string[]> Broken = new(StringComparer.Ordinal)
    {
        ["FAIL_zugferd_2p1_MINIMUM_Rechnung_380.xml"] = ["FX-MINIMUM"],
        ["invalidArithmetics.xml"] = ["PEPPOL-EN16931-R120"],
        ["invalidV1.xml"] = ["BR-02", "BR-03", "BR-04"],
        ["invalidV2.xml"] = ["BR-07", "BR-12", "BR-CO-10", "BR-CO-13", "BR-CO-15"],
        ["invalidXRV30.xml"] = ["BR-CO-16"],
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Totals_and_taxes_are_those_that_were_counted(string file)
    {
        if (EInvoiceCorpus.IsMissing(file))
            return;
        var (read, refusal) = EInvoiceReader.Read(EInvoiceCorpus.Bytes(file));

        refusal.ShouldBeNull();
        var (invoice, truth) = (read!.Invoice, EInvoiceCorpus.Truth(file));
        (invoice.Number, invoice.TypeCode, invoice.Currency, invoice.Lines.Count)
            .ShouldBe((truth.Number, truth.Type, truth.Currency, truth.Lines));
        var totals = invoice.Totals;
        (totals.Lines, totals.Allowances, totals.Charges, totals.Net).ShouldBe(
            (Number(truth.LineTotal), Number(truth.Allowances), Number(truth.Charges), Number(truth.TaxExclusive)));
        (totals.Tax, totals.Gross, totals.Prepaid, totals.Rounding, totals.Payable).ShouldBe(
            (truth.Tax.Count == 0 ? null : truth.Tax.Sum(tax => Number(tax)!.Value), Number(truth.TaxInclusive),
                Number(truth.Prepaid), Number(truth.Rounding), Number(truth.Payable)));
        if (file != BeforeTheStandard)
            read.Findings.Where(finding => finding.IsFatal).ShouldBeEmpty();
    }

    [Fact]
    public void A_document_older_than_the_standard_is_read_and_not_accepted()
    {
        if (EInvoiceCorpus.IsMissing(Good.First().Data))
            return;
        var (read, _) = EInvoiceReader.Read(EInvoiceCorpus.Bytes(BeforeTheStandard));

        read!.IsValid.ShouldBeFalse();
        read.Findings.Select(finding => finding.Rule).ShouldContain("BR-01");
        read.Findings.Select(finding => finding.Rule).ShouldContain("BR-CO-15");
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_one_is_refused_with_the_rule_that_it_breaks(string file)
    {
        if (EInvoiceCorpus.IsMissing(file))
            return;
        var (read, _) = EInvoiceReader.Read(EInvoiceCorpus.Bytes(file));

        read!.IsValid.ShouldBeFalse();
        var rules = read.Findings.Where(finding => finding.IsFatal).Select(finding => finding.Rule).ToList();
        foreach (var rule in Broken[Path.GetFileName(file)])
            rules.ShouldContain(rule);
    }

    private static decimal? Number(string? text) =>
        text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
