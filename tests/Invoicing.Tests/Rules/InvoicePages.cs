using OrderToCash.Documents;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Delivery.Rendering;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class InvoicePages
{
    internal static readonly CustomerSnapshot Buyer = new(
        "CUST-US01-000042", "US01", "Globex", null, "USD", "US", "en", null, "NET 30", TermsOrigin.Standard, null, [],
        0, null, null, CustomerStatus.Active, null, BillTo: new BillTo(
            new PostalAddress("2 Side St", null, "Dallas", "75201", "TX"), "US-12-3456789", "COST-7"));

    private static readonly DocumentWriter Writer = new();

    private static readonly LetterheadDefined Letterhead = new(
        "US01", "Acme Inc", new PostalAddress("1 Main St", null, "Austin", "78701", "TX"), "US-98-7654321",
        BankAccount: "US12345678", PaymentNote: "Please quote <your> number.",
        PayLink: "https://pay.example/{customer}");

    [Theory]
    [InlineData("en", "Invoice", "November 23, 2026", "270.00 USD", "Unit price", "8%")]
    [InlineData("es", "Factura", "23 de noviembre de 2026", "270.00 USD", "Precio unitario", "8%")]
    [InlineData("fr", "Facture", "23 novembre 2026", "270,00 USD", "Prix unitaire", "8 %")]
    public void An_invoice_speaks_the_language_it_is_asked_for_in(
        string language, string title, string date, string due, string price, string rate)
    {
        var page = Page(Issued(), language);

        page.ShouldContain($"<html lang=\"{language}\">");
        page.ShouldContain($"<h1>{title} INV-US01-2026-000001</h1>");
        foreach (var word in new[] { date, due, price, rate, "COST-7", "US-12-3456789", "size: Letter" })
            page.ShouldContain(word);
    }

    /// <summary>What was issued is what is billed, whatever quantity times price would come to.</summary>
    [Fact]
    public void Amounts_are_those_that_were_issued_and_nothing_is_priced_again()
    {
        var issued = Issued();
        var line = issued.Lines[0] with { Net = Some.Usd(251.23m), Tax = Some.Usd(20.11m) };
        issued = issued with
        {
            Lines = [line],
            Net = line.Net,
            Tax = line.Tax,
            Total = Some.Usd(271.34m),
            Installments = [issued.Installments[0] with { Amount = Some.Usd(271.34m) }],
        };

        var page = Page(issued);

        foreach (var amount in new[] { "251.23", "20.11", "271.34 USD" })
            page.ShouldContain(amount);
        page.ShouldNotContain("250.00");
    }

    [Fact]
    public void Nothing_that_a_line_or_name_says_becomes_markup()
    {
        var issued = Issued();
        issued = issued with { Lines = [issued.Lines[0] with { Description = "<script>alert(1)</script>" }] };
        var document = Document(issued) with { Parties = Parties(Buyer with { Name = "<b>Globex" }) };

        var page = Writer.Page(document, DocumentLanguage.English);

        page.ShouldNotContain("<script>");
        page.ShouldNotContain("<b>Globex");
        page.ShouldContain("Please quote &lt;your&gt; number.");
        page.ShouldContain("https://pay.example/CUST-US01-000042");
    }

    [Fact]
    public void Installments_and_cash_discounts_are_listed_with_their_days()
    {
        var issued = Issued();
        issued = issued with
        {
            Installments =
            [
                new Installment(1, new DateOnly(2026, 12, 23), Some.Usd(135), new CashDiscount(
                    0.02m, new DateOnly(2026, 12, 3))),
                new Installment(2, new DateOnly(2027, 1, 22), Some.Usd(135)),
            ],
        };

        var page = Page(issued);

        page.ShouldContain("Due dates");
        page.ShouldContain("2% (-2.70) until December 3, 2026");
        page.ShouldContain("January 22, 2027");
        Page(Issued()).ShouldNotContain("Due dates");
    }

    /// <summary>The terms were agreed with a discount, and the contract allows none.</summary>
    [Fact]
    public void A_cash_discount_that_nobody_may_deduct_is_not_offered()
    {
        var account = Some.Account() with { Discounts = new DiscountClause(DiscountAllowance.None) };
        var none = Issue(Some.Draft(Some.Wish(Some.Line()) with { Terms = "2/10 NET 30" }, account));
        var some = Issue(Some.Draft(Some.Wish(Some.Line()) with { Terms = "2/10 NET 30" }));

        none.Terms.ShouldBe("2/10 NET 30");
        Page(none).ShouldContain("NET 30");
        Page(none).ShouldNotContain("2/10");
        EInvoiceExport.Of(none, null, Parties(Buyer)).PaymentTerms.ShouldBe("NET 30");
        Page(some).ShouldContain("2/10 NET 30");
        EInvoiceExport.Of(some, null, Parties(Buyer)).PaymentTerms.ShouldBe("2/10 NET 30");

        static InvoiceIssued Issue(InvoiceDraft draft) =>
            (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000003").Events[0];
    }

    [Theory]
    [InlineData("en", "2/10 NET 30", "2/10 NET 30")]
    [InlineData("es", "NET 30", "30 días netos")]
    [InlineData("es", "2/10 NET 30", "2% a 10 días, 30 días netos")]
    [InlineData("fr", "2/10 NET 30", "Escompte de 2 % à 10 jours, 30 jours nets")]
    [InlineData("es", "DUE ON RECEIPT", "Pago a la recepción")]
    [InlineData("fr", "EOM", "Fin de mois")]
    [InlineData("fr", "EOM + 15", "Fin de mois plus 15 jours")]
    [InlineData("es", "2/10 EOM + 30", "2% hasta 10 días después de fin de mes, fin de mes más 30 días")]
    [InlineData("fr", "DAY 15", "Le 15 du mois")]
    [InlineData("es", "SPLIT 30/60", "50% a 30 días; 50% a 60 días")]
    [InlineData("fr", "SPLIT 30/60/90", "33,33 % à 30 jours ; 33,33 % à 60 jours ; 33,33 % à 90 jours")]
    [InlineData("fr", "SPLIT 70%@30:2/10 30%@60", "70 % à 30 jours (escompte de 2 % à 10 jours) ; 30 % à 60 jours")]
    public void Terms_are_said_in_the_language_of_the_document(string language, string terms, string words) =>
        TermsWords.Of(DocumentLanguage.Of(language), PaymentTerms.Parse(terms)).Replace('\u00A0', ' ')
            .Replace('\u202F', ' ').ShouldBe(words);

    /// <summary>Its tax was owed with the deposit, and comes off with it (UStG § 14 (5)).</summary>
    [Theory]
    [InlineData("en", "Deposit DEP-US01-2026-000001 (of which Tax TX 8%: 8.00)", "162.00 USD")]
    [InlineData("es", "Anticipo DEP-US01-2026-000001 (incluye Impuesto TX 8%: 8.00)", "162.00 USD")]
    [InlineData("fr", "Acompte DEP-US01-2026-000001 (dont Taxe TX 8 %: 8,00)", "162,00 USD")]
    public void A_deposit_that_it_was_netted_with_comes_off_what_is_due_with_its_tax(
        string language, string netted, string due)
    {
        var tax = new TaxShare("TX", 0.08m, Some.Usd(100), Some.Usd(8));

        var page = Netted(language, tax);

        foreach (var words in new[] { netted, "-108", due })
            page.ShouldContain(words);
        Netted(language).ShouldNotContain("(");
    }

    private static string Netted(string language, params TaxShare[] taxes)
    {
        var issued = Issued();
        var item = Invoice.Evolve(Invoice.Initial, issued).Items().First();
        var netted = new DepositApplied(
            Some.Allocation(1), Some.Receipt, "DEP-US01-2026-000001", Some.Today, Some.Usd(108), Some.Usd(100),
            Some.Usd(8), taxes, item, issued.Entry);
        var page = DocumentPage.Of(Document(issued) with { Netted = [netted] }, DocumentLanguage.Of(language));
        return $"{page.Netted[0].Name} {page.Netted[0].Amount} {page.Due.Amount}"
            .Replace('\u00A0', ' ').Replace('\u202F', ' ');
    }

    [Fact]
    public void A_credit_memo_names_its_invoice_and_asks_for_no_money()
    {
        var invoice = Issued();
        var memo = CreditMemoDecider.Issue(
            CreditMemoDraft.Whole(Some.Receipt, invoice, Some.Context), "CM-US01-2026-000001");
        var document = Document(null) with { CreditMemo = memo };

        var page = Writer.Page(document, DocumentLanguage.English);

        page.ShouldContain("<h1>Credit memo CM-US01-2026-000001</h1>");
        page.ShouldContain("Credits invoice");
        page.ShouldContain("INV-US01-2026-000001");
        page.ShouldContain("Amount credited");
        page.ShouldNotContain("How to pay");
        Writer.Letter(document, DocumentLanguage.English, Contact).Due.ShouldBe(["Amount credited: 270.00\u00A0USD"]);
    }

    [Theory]
    [InlineData("en", "Reverse charge")]
    [InlineData("es", "Inversión del sujeto pasivo")]
    [InlineData("fr", "Autoliquidation")]
    public void Where_no_tax_is_charged_it_says_why(string language, string words) =>
        Page(Issued(Some.Line(taxRate: 0, taxCode: "AE")), language).ShouldContain(words);

    [Fact]
    public void Tax_of_another_currency_is_said_in_the_books_currency_too()
    {
        var wish = Some.Wish(Some.Line(taxRate: 0.2m)) with { Currency = "EUR" };
        var rate = new ExchangeRate(ExchangeRate.Daily, Some.Today, 1.1m);
        var draft = Some.Draft(wish, Some.Account("EUR") with { Rate = rate });
        var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000002").Events[0];

        Page(issued).ShouldContain("55.00 USD (1 EUR &#x3D; 1.1 USD)");
    }

    [Fact]
    public void The_letter_says_what_is_attached_and_until_when_to_pay()
    {
        var mail = Writer.Letter(Document(Issued()), DocumentLanguage.Spanish, Contact)
            .Mail("<1@acme.example>", Contact);

        mail.Subject.ShouldBe("Factura INV-US01-2026-000001 – Acme Inc");
        mail.Text.ShouldContain("Estimado/a Ana Ruiz:");
        mail.Text.ShouldContain("Factura INV-US01-2026-000001 del 23 de noviembre de 2026");
        mail.Text.Replace('\u00A0', ' ').ShouldContain("270.00 USD, a más tardar el 23 de diciembre de 2026");
        mail.Text.ShouldContain("https://pay.example/CUST-US01-000042");
        (mail.To, mail.Language).ShouldBe(("ap@globex.example", "es"));
    }

    private static readonly Contact Contact = new("Ana Ruiz", "accounts-payable", "ap@globex.example");

    /// <summary>10 at 25.00 with 8 % tax: 270.00, due 23 December.</summary>
    private static InvoiceIssued Issued(IssueInvoiceLine? line = null) => (InvoiceIssued)InvoiceDecider.Issue(
        Invoice.Initial, Some.Draft(Some.Wish(line ?? Some.Line())), "INV-US01-2026-000001").Events[0];

    private static string Page(InvoiceIssued issued, string language = "en") =>
        Writer.Page(Document(issued), DocumentLanguage.Of(language)).Replace('\u00A0', ' ');

    private static IssuedDocument Document(InvoiceIssued? issued) =>
        new(Some.Receipt, Some.Now, issued, null, null, [], Parties(Buyer), false);

    private static EInvoiceParties Parties(CustomerSnapshot buyer) => new(Letterhead, "US", buyer);
}
