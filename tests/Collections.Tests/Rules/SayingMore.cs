using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-17: what a playbook wants said beside what is asked for, and whether credit memos count.</summary>
public sealed class SayingMore
{
    private static readonly DateOnly Today = Some.DueDate.AddDays(1);
    private static readonly PlaybookDefined Telling =
        Some.Standard with { IncludeCurrent = true, IncludeDisputed = true };

    private static readonly ItemFacts Late = Some.Item(number: "LATE") with { DisputedAmount = Some.Usd(30) };
    private static readonly ItemFacts Coming = Some.Item(Today.AddDays(20), amount: 500, number: "COMING");

    [Fact]
    public void what_is_disputed_or_not_due_yet_is_named_and_not_asked_for()
    {
        var promised = Some.Item(Today.AddDays(9), number: "PROMISED") with { IsPromised = true };
        var contested = Some.Item(number: "CONTESTED") with { DisputedAmount = Some.Usd(100) };
        var placed = contested with { InvoiceNumber = "PLACED", IsPlaced = true };

        var notice = Plan(Telling, Late, Coming, promised, contested, placed);

        notice.Items.Select(item => item.InvoiceNumber).ShouldBe(["LATE"]);
        notice.Totals.ShouldBe([Some.Usd(70)]);
        notice.AlsoOpen.Select(item => (item.InvoiceNumber, item.Balance.Amount, item.IsDisputed)).ShouldBe(
            [("CONTESTED", 100, true), ("LATE", 30, true), ("COMING", 500, false)]);
        Plan(Some.Standard, Late, Coming, contested).AlsoOpen.ShouldBeEmpty();
    }

    /// <summary>Whether what is disputed is named depends on its own playbook and no other.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void what_is_not_due_yet_is_looked_at_where_either_is_named(bool current, bool disputed)
    {
        var playbooks = CustomerPlaybooks.Only(
            Some.Standard with { IncludeCurrent = current, IncludeDisputed = disputed }, 1);

        playbooks.LookAtWhatIsNotDue.ShouldBeTrue();
        CustomerPlaybooks.Only(Some.Standard, 1).LookAtWhatIsNotDue.ShouldBeFalse();
        CustomerPlaybooks.Only(Some.Standard with { Scope = PlaybookScope.LeadingOfOrderReference }, 1)
            .LookAtWhatIsNotDue.ShouldBeTrue("it counts with its group");
    }

    /// <summary>A reminder of what falls due soon names it once.</summary>
    [Fact]
    public void what_is_asked_for_is_not_named_beside_it()
    {
        var soon = Some.Item(Today.AddDays(2), number: "SOON");

        var notice = Plan(Telling, Late, soon, Coming);

        notice.Items.Select(item => item.InvoiceNumber).ShouldBe(["LATE", "SOON"]);
        notice.AlsoOpen.Select(item => item.InvoiceNumber).ShouldBe(["LATE", "COMING"]);
    }

    /// <summary>Forty thousand lines are no mail: the first are named, of the others their number and sum.</summary>
    [Theory]
    [InlineData("en", "49 more items: 490.00 USD", "1 more item: 7.00 EUR")]
    [InlineData("es", "49 partidas más: 490.00 USD", "1 partida más: 7.00 EUR")]
    [InlineData("fr", "49 autres postes : 490,00 USD", "1 autre poste : 7,00 EUR")]
    public void what_is_not_named_line_by_line_is_named_by_its_sum(string language, string dollars, string euros)
    {
        List<ItemFacts> items = [Late];
        for (var number = 0; number < 148; number++)
            items.Add(Some.Item(Today.AddDays(10 + number), amount: 10, number: $"N-{number:000}"));
        items.Add(Some.Item(Today.AddDays(900), number: "EURO") with
        {
            Amount = Money.Of(7, "EUR"),
            Balance = Money.Of(7, "EUR"),
            Pending = Money.Of(0, "EUR"),
        });

        var notice = Plan(Telling, [.. items]);

        notice.AlsoOpen.Count.ShouldBe(PlannedNotice.MostAlsoOpen);
        notice.AlsoOpenRest.ShouldBe([new(1, Money.Of(7, "EUR")), new(49, Some.Usd(490))]);
        notice.Totals.ShouldBe([Some.Usd(70)]);
        notice = notice with { Customer = notice.Customer with { Language = language } };
        var writer = new NoticeWriter();
        var text = Plain(writer.Write(notice, Some.Id(), "Acme Inc", "acme.example", Today).Text);
        text.ShouldContain(dollars);
        text.ShouldContain(euros);
        text.ShouldNotContain("N-140");
        Plain(writer.WriteLetter(notice, Some.Id(), new LetterSender("Acme Inc", "US", null), Today).Page)
            .ShouldContain(dollars.Split(':')[0].Trim() + "</td>");
    }

    [Theory]
    [InlineData("en", "Also open on April 1, 2026, and not asked for here:",
        "LATE, March 31, 2026 (disputed): 30.00 USD",
        "COMING, April 21, 2026 (due in 20 days): 500.00 USD")]
    [InlineData("es", "Otros saldos al 1 de abril de 2026, que no se reclaman en este aviso:",
        "LATE, 31 de marzo de 2026 (en disputa): 30.00 USD",
        "COMING, 21 de abril de 2026 (vence en 20 días): 500.00 USD")]
    [InlineData("fr", "Autres soldes au 1er avril 2026, non réclamés ici :",
        "LATE, 31 mars 2026 (en litige) : 30,00 USD", "COMING, 21 avril 2026 (échéance dans 20 jours) : 500,00 USD")]
    public void mails_and_letters_say_it_in_every_language(string language, params string[] lines)
    {
        var notice = Plan(Telling, Late, Coming);
        notice = notice with { Customer = notice.Customer with { Language = language } };
        var writer = new NoticeWriter();

        var mail = writer.Write(notice, Some.Id(), "Acme Inc", "acme.example", Today);
        Plain(mail.Text).ShouldContain(string.Join('\n', lines));
        var letter = writer.WriteLetter(notice, Some.Id(), new LetterSender("Acme Inc", "US", null), Today);
        foreach (var page in new[] { mail.Html, letter.Page })
        {
            Plain(page).ShouldContain(lines[0]);
            Plain(page).ShouldContain("COMING</td>");
        }

        writer.Write(Plan(Some.Standard, Late), Some.Id(), "Acme Inc", "acme.example", Today).Text
            .ShouldNotContain("Also open");
    }

    /// <summary>B-04 holds all the same: money in the bank is taken off, and what covers all of it is not asked for.
    /// </summary>
    [Fact]
    public void where_credit_memos_are_ignored_only_money_counts()
    {
        var ignoring = Some.Standard with { Credits = OpenCredits.Ignored };
        var customer = Some.Customer(Some.Item()) with
        {
            Cash = new([Some.Usd(40)], []) { Credits = [Some.Usd(900)] },
        };

        Plan(Some.Standard, customer).BlockedBy.ShouldBe(Blocks.OpenCreditCovers);
        var notice = Plan(ignoring, customer);
        notice.BlockedBy.ShouldBeNull();
        notice.Deductions.ShouldBe([new Deduction(DeductionKind.UnappliedCash, Some.Usd(40))]);
        notice.Asked.ShouldBe([Some.Usd(60)]);
        Plan(ignoring, customer with { Cash = new([Some.Usd(100)], []) }).BlockedBy
            .ShouldBe(Blocks.UnappliedCashCovers);
    }

    private static PlannedNotice Plan(PlaybookDefined playbook, params ItemFacts[] items) =>
        Plan(playbook, Some.Customer(items));

    private static PlannedNotice Plan(PlaybookDefined playbook, CustomerFacts customer) =>
        DunningPlanner.Plan(Today, playbook, [customer]).ShouldHaveSingleItem();

    private static string Plain(string text) => System.Net.WebUtility.HtmlDecode(text).Replace('\u00A0', ' ');
}
