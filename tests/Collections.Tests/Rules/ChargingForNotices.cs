using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>INV-08, COL-23: what a notice costs the customer.</summary>
public sealed class ChargingForNotices
{
    private static readonly DateOnly Day = Some.DueDate.AddDays(12);

    private static readonly PlaybookDefined Charging = Some.Standard with
    {
        Steps =
        [
            .. Some.Standard.Steps.Select(step =>
                step.OffsetDays < 10 ? step : step with { Fees = [Some.Usd(5), Money.Of(100, "MXN")] }),
        ],
    };

    [Theory]
    [InlineData(8, 5)]
    [InlineData(5, 5)]
    [InlineData(2, 2)]
    public void the_fee_is_what_the_step_asks_and_at_most_what_the_contract_allows(int allowed, int charged) =>
        Fee(Some.Customer(Some.Item(), Some.Item()) with { ReminderFee = Some.Usd(allowed) })
            .ShouldBe(Some.Usd(charged));

    [Fact]
    public void without_a_clause_in_the_accounts_currency_and_a_step_that_asks_there_is_none()
    {
        var allowed = Some.Customer(Some.Item()) with { ReminderFee = Some.Usd(5) };

        Fee(Some.Customer(Some.Item())).ShouldBeNull();
        Fee(allowed with { ReminderFee = Money.Of(5, "EUR") }).ShouldBeNull();
        DunningPlanner.Plan(Some.DueDate.AddDays(1), Charging, [allowed]).ShouldHaveSingleItem().Fee.ShouldBeNull();
        Fee(allowed).ShouldNotBeNull();
    }

    [Fact]
    public void a_notice_about_nothing_but_disputed_items_or_charges_costs_nothing()
    {
        var disputed = Some.Item() with { DisputedAmount = Some.Usd(40) };
        var charge = Some.Item(amount: 5) with { Kind = "debit-memo" };

        Fee(Allowed(disputed)).ShouldBeNull();
        Fee(Allowed(charge)).ShouldBeNull();
        Fee(Allowed(disputed, charge)).ShouldBeNull();
        Fee(Allowed(disputed, charge, Some.Item())).ShouldBe(Some.Usd(5));

        // What is at a step without a fee does not make that of the charge beside it owed.
        Fee(Allowed(charge, Some.Item() with { DueDate = Day.AddDays(-2) })).ShouldBeNull();
    }

    [Fact]
    public void what_replaces_a_notice_that_came_back_costs_nothing_more()
    {
        var item = Some.Item();
        var customer = Allowed(item) with
        {
            Charged = [new ChargedStep(item.InvoiceId, item.Installment, "second-notice")],
        };

        Fee(customer).ShouldBeNull();
        DunningPlanner.Plan(Some.DueDate.AddDays(20), Charging, [customer]).ShouldHaveSingleItem().Fee
            .ShouldBe(Some.Usd(5));
    }

    [Theory]
    [InlineData("en", "This notice costs a fee of 5.00 USD, which is billed apart.")]
    [InlineData("es", "Este aviso conlleva un cargo de 5.00 USD, que se factura por separado.")]
    [InlineData("fr", "Cet avis entraîne des frais de 5,00 USD, facturés séparément.")]
    public void mail_and_letter_name_it_apart_from_what_is_due(string language, string words)
    {
        var writer = new NoticeWriter();
        var customer = Allowed(Some.Item()) with { Language = language };
        var notice = Plan(customer);
        var free = Plan(customer with { ReminderFee = null });

        var mail = writer.Write(notice, Some.Id(), "Acme", "acme.example", Day);
        var letter = writer.WriteLetter(notice, Some.Id(), new LetterSender("Acme", "US", null), Day);

        foreach (var text in new[] { mail.Text, mail.Html, letter.Page })
            Plain(text).ShouldContain(words);
        notice.Totals.ShouldBe([Some.Usd(100)]);
        var without = words[..12];
        Plain(writer.Write(free, Some.Id(), "Acme", "acme.example", Day).Html).ShouldNotContain(without);
        Plain(writer.WriteLetter(free, Some.Id(), new LetterSender("Acme", "US", null), Day).Page)
            .ShouldNotContain(without);
    }

    [Fact]
    public void only_a_notice_after_the_due_date_may_cost_something()
    {
        (PlaybookStep Step, string Field)[] wrong =
        [
            (Some.Standard.Steps[0] with { Fees = [Some.Usd(5)] }, "/steps/0/fees"),
            (Some.Standard.Steps[1] with { Fees = [] }, "/steps/0/fees"),
            (Some.Standard.Steps[1] with { Fees = [Some.Usd(0)] }, "/steps/0/fees"),
            (Some.Standard.Steps[1] with { Fees = [Some.Usd(1), Some.Usd(2)] }, "/steps/0/fees"),
            (Some.Standard.Steps[1] with { Channel = NoticeChannel.CallTask, Fees = [Some.Usd(5)] }, "/steps/0/fees"),
        ];

        foreach (var (step, field) in wrong)
        {
            PlaybookDecider.Define(Playbook.Initial, Some.Standard with { Steps = [step] }).Refusal!.Field
                .ShouldBe(field);
        }

        PlaybookDecider.Define(Playbook.Initial, Charging).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void an_answer_is_noted_once()
    {
        var spec = new DeciderSpec<ReminderFee>(ReminderFee.Initial, ReminderFee.Evolve);
        var charged = new ReminderFeeCharged(Some.Id(), Some.Id(), "DM-US01-2026-000001");

        spec.Given().When(fee => ReminderFeeDecider.Answer(fee, charged)).Then(charged);
        spec.Given(charged).When(fee => ReminderFeeDecider.Answer(fee, charged)).ThenNothing();
    }

    private static CustomerFacts Allowed(params IReadOnlyList<ItemFacts> items) =>
        Some.Customer(items) with { ReminderFee = Some.Usd(10) };

    private static Money? Fee(CustomerFacts customer) => Plan(customer).Fee;

    private static PlannedNotice Plan(CustomerFacts customer) =>
        DunningPlanner.Plan(Day, Charging, [customer]).ShouldHaveSingleItem();

    private static string Plain(string text) => text.Replace('\u00A0', ' ').Replace('\u202F', ' ')
        .Replace("&#160;", " ").Replace("&#8239;", " ").Replace("&#233;", "é").Replace("&#238;", "î");
}
