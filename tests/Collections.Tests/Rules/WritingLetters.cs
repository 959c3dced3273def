using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>A notice on paper: its own date, its level, every item, fees apart, how to pay.</summary>
public sealed class WritingLetters
{
    private static readonly NoticeWriter Writer = new();

    private static readonly LetterheadDefined Head = new(
        "US01", "Acme Inc.", new PostalAddress("500 Congress Ave", "Floor 9", "Austin", "78701", "TX"), "US-12-3456789",
        null, "ar@acme.example", "+15125550100", "Accounts Receivable", "021000021-123456", "CHASUS33",
        "Please name the invoice numbers.", "https://pay.acme.example/{customer}", "#0b5394");

    [Theory]
    [InlineData("en", "April 12, 2026", "Reminder level", "Charge", "Fees and interest", "1,000.00 USD", "How to pay")]
    [InlineData(
        "es", "12 de abril de 2026", "Nivel de requerimiento", "Cargo", "Cargos e intereses", "1,000.00 USD",
        "Cómo pagar")]
    [InlineData(
        "fr", "12 avril 2026", "Niveau de relance", "Frais", "Frais et intérêts", "1 000,00 USD", "Comment régler")]
    public void a_letter_says_all_in_the_customers_language(string language, params string[] words)
    {
        var letter = Write(language);

        letter.Language.ShouldBe(language);
        letter.To.ShouldBe(["Globex Corporation", "1 Main St", "Austin, TX 78702"]);
        var page = Plain(letter.Page);
        foreach (var word in words)
            page.ShouldContain(word);
        page.ShouldContain("<dd>2</dd>");
        page.ShouldContain("INV-1</td>");
        page.ShouldContain("DM-1</td>");
        page.ShouldContain("021000021-123456 · BIC CHASUS33");
        page.ShouldContain("https://pay.acme.example/CUST-US01-000001");
        page.ShouldNotContain("{{");
        Plain(letter.Subject).ShouldContain(language == "fr" ? "1 040,00 USD" : "1,040.00 USD");
    }

    [Fact]
    public void without_letterhead_and_address_the_names_stand_there()
    {
        var date = Some.DueDate.AddDays(1);
        var letter = Writer.WriteLetter(
            Some.Planned(date, Some.Customer(Some.Item())), Some.Id(), new LetterSender("Acme", "DE", null), date);

        letter.To.ShouldBe(["Globex Corporation"]);
        letter.Page.ShouldContain("<strong>Acme</strong>");
        letter.Page.ShouldContain("size: A4");
        letter.Page.ShouldNotContain("class=\"pay\"");
        letter.Page.ShouldNotContain("Fees and interest");
    }

    /// <summary>Nine digits are an American routing number, and a Canadian one with a 0 before it.</summary>
    [Theory]
    [InlineData("US", "12-345 · ABA 000412345")]
    [InlineData("PR", "12-345 · ABA 000412345")]
    [InlineData("CA", "12-345 · 000412345")]
    public void a_routing_number_is_called_what_it_is_in_its_country(string country, string account)
    {
        var head = Head with { BankAccount = "12-345", BankCode = "000412345" };

        PaymentWays.Of(head, "CUST-1", country).Account.ShouldBe(account);
    }

    /// <summary>A company is no person, and no woman or man.</summary>
    [Theory]
    [InlineData("en", "Dear Sir or Madam,")]
    [InlineData("es", "A quien corresponda:")]
    [InlineData("fr", "Madame, Monsieur,")]
    public void where_nobody_is_known_to_write_to_nobody_is_addressed_by_name(string language, string greeting)
    {
        var date = Some.DueDate.AddDays(1);
        var customer = Some.Customer(Some.Item()) with { Language = language, Recipient = null, Post = ["Globex"] };

        var letter = Writer.WriteLetter(
            Some.Planned(date, customer), Some.Id(), new LetterSender("Acme", "US", null), date);

        letter.Page.ShouldContain($"<p>{greeting}</p>");
    }

    [Fact]
    public void nothing_that_others_say_becomes_markup()
    {
        var date = Some.DueDate.AddDays(1);
        var customer = Some.Customer(Some.Item(number: "<img src=x>")) with
        {
            Name = "<script>alert(1)</script>",
            Post = ["<b>", "</div>", "x"],
        };

        var page = Writer.WriteLetter(
            Some.Planned(date, customer), Some.Id(),
            new LetterSender("A", "US", Head with { PaymentNote = "<iframe>" }), date).Page;

        foreach (var markup in new[] { "<script>", "<img", "<iframe>", "<b>" })
            page.ShouldNotContain(markup);
    }

    internal static NoticeLetter Write(string language)
    {
        var date = Some.DueDate.AddDays(12);
        var customer = Some.Customer(
            Some.Item(amount: 1500, balance: 1000, number: "INV-1"),
            Some.Item(Some.DueDate.AddDays(10), amount: 40, number: "DM-1") with { Kind = "debit-memo" }) with
        {
            Language = language,
            Post = ["Globex Corporation", "1 Main St", "Austin, TX 78702"],
        };
        return Writer.WriteLetter(
            Some.Planned(date, customer), Some.Id(), new LetterSender("Acme Inc", "US", Head), date);
    }

    private static string Plain(string text) => text.Replace('\u00A0', ' ').Replace("&#160;", " ")
        .Replace("&#243;", "ó").Replace("&#237;", "í").Replace("&#233;", "é").Replace("&#234;", "ê")
        .Replace("&#183;", "·");
}
