using System.Text;
using System.Text.Json;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.EInvoices;

public class CheckingEInvoices
{
    private static readonly EInvoiceParties Parties = new(
        new LetterheadDefined(
            "DE01", "Muster GmbH & Co.", new PostalAddress("Hauptstr. 1", null, "Berlin", "10115"), "DE123456789",
            Email: "ar@muster.example", BankAccount: "DE89370400440532013000", BankCode: "COBADEFFXXX"),
        "DE",
        new CustomerSnapshot(
            "CUST-DE01-000001", "DE01", "Käufer AG", null, "EUR", "FR", "fr", null, "NET 30", TermsOrigin.Standard,
            null, [new Contact("Ana", "accounts-payable", "ap@kaeufer.example")], 0, null, null, CustomerStatus.Active,
            null, BillTo: new BillTo(
                new PostalAddress("Rue 1", null, "Paris", "75001"), "FR12345678901", "04011000-12345")));

    private static readonly EInvoice Good = EInvoiceExport.Of(Issued(
        Some.Line(quantity: 3, unitPrice: 19.99m, taxRate: 0.19m, discount: 5, taxCode: null),
        Some.Line(quantity: 0.5m, unitPrice: 7.333m, taxRate: 0.07m, taxCode: "S"),
        Some.Line(quantity: 1, unitPrice: 100, taxRate: 0, taxCode: "AE")), null, Parties);

    public static TheoryData<string, EInvoice> Wrong => new()
    {
        { "BR-01", Good with { Profile = null } },
        { "BR-02", Good with { Number = null } },
        { "BR-03", Good with { IssueDate = null } },
        { "BR-04", Good with { TypeCode = null } },
        { "BR-05", Good with { Currency = null } },
        { "BR-06", Good with { Seller = Good.Seller with { Name = null } } },
        { "BR-07", Good with { Buyer = Good.Buyer with { Name = null } } },
        { "BR-08", Good with { Seller = Good.Seller with { Address = null } } },
        { "BR-09", Good with { Seller = Good.Seller with { Address = new EAddress("x") } } },
        { "BR-10", Good with { Buyer = Good.Buyer with { Address = null } } },
        { "BR-11", Good with { Buyer = Good.Buyer with { Address = new EAddress("x") } } },
        { "BR-12", Good with { Totals = Good.Totals with { Lines = null } } },
        { "BR-13", Good with { Totals = Good.Totals with { Net = null } } },
        { "BR-14", Good with { Totals = Good.Totals with { Gross = null } } },
        { "BR-15", Good with { Totals = Good.Totals with { Payable = null } } },
        { "BR-16", Good with { Lines = [] } },
        { "BR-21", WithLine(line => line with { Id = null }) },
        { "BR-22", WithLine(line => line with { Quantity = null }) },
        { "BR-23", WithLine(line => line with { Unit = null }) },
        { "BR-24", WithLine(line => line with { Net = null }) },
        { "BR-25", WithLine(line => line with { Name = null }) },
        { "BR-26", WithLine(line => line with { Price = null }) },
        { "BR-27", WithLine(line => line with { Price = -1 }) },
        { "BR-CO-04", WithLine(line => line with { Category = null }) },
        { "PEPPOL-EN16931-R120", WithLine(line => line with { Quantity = 4 }) },
        { "BR-31", Good with { Allowances = [new EAllowance(false, null, "S", 19, "x")] } },
        { "BR-37", Good with { Allowances = [new EAllowance(true, 1, null, 19, "x")] } },
        { "BR-45", WithTax(tax => tax with { Base = null }) },
        { "BR-46", WithTax(tax => tax with { Amount = null }) },
        { "BR-47", WithTax(tax => tax with { Category = null }) },
        { "BR-48", WithTax(tax => tax with { Rate = null }) },
        { "BR-49", Good with { Payment = new EPayment(null, "x") } },
        { "BR-CO-10", Good with { Totals = Good.Totals with { Lines = 1 } } },
        { "BR-CO-11", Good with { Totals = Good.Totals with { Allowances = 1 } } },
        { "BR-CO-12", Good with { Totals = Good.Totals with { Charges = 1 } } },
        { "BR-CO-13", Good with { Totals = Good.Totals with { Net = 1 } } },
        { "BR-CO-14", Good with { Totals = Good.Totals with { Tax = 1 } } },
        { "BR-CO-15", Good with { Totals = Good.Totals with { Gross = 1 } } },
        { "BR-CO-16", Good with { Totals = Good.Totals with { Prepaid = 1 } } },
        { "BR-CO-17", WithTax(tax => tax with { Rate = 29 }) },
        { "BR-CO-18", Good with { Taxes = [] } },
        { "BR-S-08", WithTax(tax => tax with { Base = tax.Base + 10 }) },
        { "BR-S-02", Good with { Seller = Good.Seller with { VatId = null } } },
        { "BR-AE-02", Good with { Seller = Good.Seller with { VatId = null } } },
        { "BR-AE-10", WithTax(tax => tax with { Exemption = null }, category: "AE") },
        { "BR-AE-09", WithTax(tax => tax with { Amount = 1 }, category: "AE") },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_rule_that_is_broken_is_named(string rule, EInvoice invoice) =>
        EInvoiceRules.Check(invoice).Where(finding => finding.IsFatal).Select(finding => finding.Rule)
            .ShouldContain(rule);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_written_reads_back_as_it_was_and_breaks_nothing(bool ubl)
    {
        foreach (var written in new[]
        {
            Good, Credit(), Netted(), EInvoiceExport.Of(Issued(Some.Line()), "INV-0", Parties),
        })
        {
            EInvoiceRules.Check(written).ShouldBeEmpty();
            var (read, refusal) = EInvoiceReader.Read(EInvoiceWriter.Write(written, ubl));

            refusal.ShouldBeNull();
            read!.Findings.ShouldBeEmpty();
            JsonSerializer.Serialize(read.Invoice).ShouldBe(JsonSerializer.Serialize(written));
        }
    }

    [Fact]
    public void What_was_paid_ahead_is_taken_off_what_is_due_and_named()
    {
        var netted = Netted();

        (netted.Totals.Gross, netted.Totals.Prepaid, netted.Totals.Payable).ShouldBe((270m, 59.5m, 210.5m));
        netted.Preceding.ShouldBe(["DEP-DE01-2026-000001"]);
        netted.Notes.ShouldBe(
            ["Deposit DEP-DE01-2026-000001 of 2026-11-23: 59.50 EUR, of which 9.50 EUR is VAT of 19 % on 50.00 EUR"]);
        var deposit = Issued(Some.Line()) with { Kind = DocumentKind.Deposit };
        EInvoiceExport.Of(deposit, null, Parties).TypeCode.ShouldBe("386");
    }

    [Fact]
    public void The_same_document_is_the_same_bytes() =>
        EInvoiceWriter.Write(Good, ubl: true).ShouldBe(EInvoiceWriter.Write(Good, ubl: true));

    [Theory]
    [InlineData("""<!DOCTYPE x [<!ENTITY a "b">]><Invoice xmlns="urn:oasis:x">&a;</Invoice>""", "not-xml")]
    [InlineData("""<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>""", "not-xml")]
    [InlineData("<Invoice", "not-xml")]
    [InlineData("", "not-xml")]
    [InlineData("plain text", "not-xml")]
    [InlineData("<html/>", "unknown-syntax")]
    [InlineData("<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "unknown-syntax")]
    public void What_is_no_invoice_is_refused(string text, string code) =>
        EInvoiceReader.Read(Encoding.UTF8.GetBytes(text)).Refusal!.Code.ShouldBe(code);

    [Fact]
    public void Elements_without_end_in_depth_are_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 5_000)) + string.Concat(Enumerable.Repeat("</a>", 5_000));

        EInvoiceReader.Read(Encoding.UTF8.GetBytes(deep)).Refusal!.Detail.ShouldContain("levels deep");
    }

    [Fact]
    public void An_amount_that_is_none_is_named()
    {
        var text = Encoding.UTF8.GetString(EInvoiceWriter.Write(Good, ubl: true))
            .Replace(">54.97<", ">54,97<", StringComparison.Ordinal);

        var (read, _) = EInvoiceReader.Read(Encoding.UTF8.GetBytes(text));
        read!.IsValid.ShouldBeFalse();
        read.Findings.ShouldContain(finding => finding.Rule == "XML-TYPE" && finding.Detail.Contains("54,97"));
    }

    private static BillingAccount Account => Some.Account("EUR", rounding: TaxRounding.Document) with
    {
        Books = Some.Books with { LegalEntity = "DE01", BaseCurrency = "EUR" },
    };

    private static InvoiceIssued Issued(params IssueInvoiceLine[] lines)
    {
        var draft = Some.Draft(Some.Wish(lines), Account);
        return (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-DE01-2026-000001").Events[0];
    }

    private static EInvoice Netted()
    {
        var issued = Issued(Some.Line());
        Money[] amounts = [Money.Of(59.5m, "EUR"), Money.Of(50, "EUR"), Money.Of(9.5m, "EUR")];
        var item = Invoice.Evolve(Invoice.Initial, issued).ItemWith(1, issued.Total - amounts[0]);
        return EInvoiceExport.Of(issued, null, Parties, new DepositApplied(
            Some.NewId(), Some.NewId(), "DEP-DE01-2026-000001", Some.Today, amounts[0], amounts[1], amounts[2],
            [new TaxShare("S", 0.19m, amounts[1], amounts[2])], item, issued.Entry));
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1_190)]
    [InlineData(1_250)]
    public void What_is_credited_for_a_dispute_shows_the_tax_of_its_rate_by_every_rule(double amount)
    {
        foreach (var rule in Enum.GetValues<ApplicationRule>())
        {
            var issued = Issued(
                Some.Line(1, 1_000, 0.19m, taxCode: null),
                Some.Line(1, 100, 0, taxCode: null) with { Kind = LineKind.Freight });
            var invoice = Invoice.Evolve(Invoice.Initial, issued with { ApplicationRule = rule });
            var draft = CreditMemoDraft.OfGross(
                Some.Receipt, invoice, Money.Of((decimal)amount, invoice.Currency), Some.Context);

            EInvoiceRules.Check(EInvoiceExport.Of(CreditMemoDecider.Issue(draft, "CM-DE01-2026-000001"), Parties))
                .ShouldBeEmpty(rule.ToString());
        }
    }

    private static EInvoice Credit()
    {
        var (draft, _) = CreditMemoDraft.Of(
            new IssueCreditMemo(
                Some.Customer, CreditReason.Return, [Some.Line(taxRate: 0.19m)], CreditDate: Some.Today),
            Account, Issued(Some.Line(taxRate: 0.19m)), Some.Now);
        return EInvoiceExport.Of(CreditMemoDecider.Issue(draft!, "CM-DE01-2026-000001"), Parties);
    }

    private static EInvoice WithLine(Func<ELine, ELine> change) =>
        Good with { Lines = [change(Good.Lines[0]), .. Good.Lines.Skip(1)] };

    private static EInvoice WithTax(Func<ETax, ETax> change, string category = "S") =>
        Good with { Taxes = [.. Good.Taxes.Select(tax => tax.Category == category ? change(tax) : tax)] };
}
