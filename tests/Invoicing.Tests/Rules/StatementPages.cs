using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Rendering;

namespace OrderToCash.Invoicing.Tests.Rules;

public class StatementPages
{
    private static readonly DateOnly To = new(2026, 10, 31);
    private static readonly StatementWriter Writer = new();

    private static readonly LetterheadDefined Letterhead = new(
        "US01", "Acme Inc", new PostalAddress("1 Main St", null, "Austin", "78701", "TX"), "US-98-7654321",
        BankAccount: "US12345678", PaymentNote: "Please quote <your> number.",
        PayLink: "https://pay.example/{customer}");

    [Theory]
    [InlineData("en", "Statement of account", "October 31, 2026", "1,234.50 USD", "Opening balance")]
    [InlineData("es", "Estado de cuenta", "31 de octubre de 2026", "1,234.50 USD", "Saldo inicial")]
    [InlineData("fr", "Relevé de compte", "31 octobre 2026", "1 234,50 USD", "Solde initial")]
    public void A_statement_speaks_the_customers_language(
        string language, string title, string date, string due, string opening)
    {
        var page = Page(Content(language)).Replace('\u00A0', ' ');

        page.ShouldContain($"<html lang=\"{language}\">");
        page.ShouldContain($"<h1>{title}</h1>");
        page.ShouldContain(date);
        page.ShouldContain(due);
        page.ShouldContain(opening);
        page.ShouldContain("size: Letter");
    }

    [Fact]
    public void Nothing_that_a_name_says_becomes_markup()
    {
        var page = Page(Content("en", name: "<script>alert('x')</script>", number: "INV<b>"));

        page.ShouldNotContain("<script>");
        page.ShouldNotContain("INV<b>");
        page.ShouldContain("Please quote &lt;your&gt; number.");
        page.ShouldContain("https://pay.example/CUST-1");
    }

    [Fact]
    public void Outstanding_only_leaves_the_entries_out_and_nothing_else()
    {
        var page = Page(Content("en") with { OutstandingOnly = true });

        page.ShouldContain("<h1>Statement of open items</h1>");
        page.ShouldNotContain("Opening balance");
        page.ShouldContain("Open items · USD");
        page.ShouldContain("Amount due");
    }

    [Fact]
    public void The_mail_is_a_letter_with_a_file_or_the_statement_itself()
    {
        var contact = new Contact("Ana Ruiz", "accounts-payable", "ap@globex.example");
        var content = Content("es");
        var letter = Writer.Mail(Some.Customer, content, Letterhead, contact, "acme.example", null);
        var whole = Writer.Mail(Some.Customer, content, Letterhead, contact, "acme.example", "<p>all of it</p>");

        letter.Subject.ShouldBe("Estado de cuenta CUST-1, 31 de octubre de 2026 – Acme Inc");
        letter.Html.ShouldContain("Estimado/a Ana Ruiz:");
        letter.Text.ShouldContain("https://pay.example/CUST-1");
        letter.MessageId.ShouldBe(whole.MessageId);
        whole.Html.ShouldBe("<p>all of it</p>");
    }

    private static string Page(StatementContent content) => Writer.Page(
        content, Letterhead, "US", new BillTo(new PostalAddress("2 Side St", null, "Dallas", "75201", "TX")));

    internal static StatementContent Content(string language, string name = "Globex", string number = "INV-1")
    {
        var at = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        EntryRow[] entries =
        [
            new("USD", To.AddDays(-20), at, Some.Customer, "invoice-issued", number, 1334.50m),
            new("USD", To.AddDays(-2), at, Some.Receipt, "payment-applied", number, -100m),
        ];
        ItemRow[] items = [new("USD", number, 1, To.AddDays(-20), To.AddDays(-5), 1334.50m, 1234.50m)];
        return new StatementContent(
            Some.Customer, "CUST-1", name, "US01", language, To.AddDays(-30), To, at, false,
            StatementRows.Accounts(To, false, [], entries, items, []));
    }
}
