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

    /// <summary>
    /// The debit memo of a fee leads the notice; the invoice that it was charged for is listed with it.
    /// </summary>
    [Fact]
    public void where_the_oldest_invoice_leads_a_charge_that_leads_costs_nothing()
    {
        var through = Some.Item(sent: ["first-notice", "second-notice", "final-notice"]);
        var charge = Some.Item(Some.DueDate.AddDays(2), amount: 5) with { Kind = "debit-memo" };

        var notice = DunningPlanner.Plan(
            Day, Charging with { Scope = PlaybookScope.LeadingInvoice }, [Allowed(through, charge)])
            .ShouldHaveSingleItem();

        (notice.Step.Code, notice.Items.Count, notice.Fee).ShouldBe(("second-notice", 2, null));
    }

    /// <summary>
    /// Invoices that nobody pays, and a debit memo for each fee, which nobody pays either, for half a year.
    /// </summary>
    [Theory]
    [InlineData(PlaybookScope.EveryInvoice)]
    [InlineData(PlaybookScope.LeadingInvoice)]
    public void each_step_of_an_invoice_costs_once_and_no_fee_leads_to_another(PlaybookScope scope)
    {
        var customer = Allowed(Some.Item(), Some.Item(Some.DueDate.AddDays(3)));
        var (playbook, fees) = (Charging with { Scope = scope }, new List<(DateOnly Day, string Step)>());
        for (var day = Some.DueDate; day < Some.DueDate.AddDays(180); day = day.AddDays(1))
        {
            foreach (var notice in DunningPlanner.Plan(day, playbook, [customer]))
            {
                customer = customer with { Items = [.. customer.Items.Select(item => After(item, notice))] };
                if (notice.Fee is not { } fee)
                    continue;
                fees.Add((day, notice.Step.Code));
                var memo = Some.Item(day.AddDays(7), fee.Amount) with { Kind = "debit-memo" };
                customer = customer with { Items = [.. customer.Items, memo] };
            }
        }

        fees.Select(fee => fee.Step).ShouldBe(
            ["second-notice", "second-notice", "final-notice", "final-notice"], ignoreOrder: true);
    }

    private static ItemFacts After(ItemFacts item, PlannedNotice notice) => notice.Items.FirstOrDefault(one =>
        one.InvoiceId == item.InvoiceId && !one.Listed) is { } dunned
        ? item with { SentSteps = [.. item.SentSteps, dunned.Step], LastOffset = dunned.StepOffset }
        : item;

    [Fact]
    public void the_notice_of_a_day_costs_once_also_where_it_is_written_anew_at_a_harder_step() =>
        Fee(Allowed(Some.Item()) with { HasFeeOfDay = true }).ShouldBeNull();

    [Fact]
    public void what_was_charged_of_an_invoice_is_nothing_to_those_it_is_listed_with()
    {
        var through = Some.Item(sent: ["first-notice", "second-notice", "final-notice"]);
        var customer = Allowed(through, Some.Item(Some.DueDate.AddDays(1))) with
        {
            Charged = [new ChargedStep(through.InvoiceId, through.Installment, "second-notice")],
        };

        DunningPlanner.Plan(Day, Charging with { Scope = PlaybookScope.LeadingInvoice }, [customer])
            .ShouldHaveSingleItem().Fee.ShouldBe(Some.Usd(5));
    }

    /// <summary>B-05, COL-23: a mail, or a letter that is posted, and never what did not go out.</summary>
    [Fact]
    public void the_fee_is_asked_for_with_the_notice_that_goes_out_and_with_no_other()
    {
        var (spec, prepared, named) = (Notices, Prepared(Allowed(Some.Item())), new ReminderFeeNamed(Some.Usd(5)));
        var (sent, asked) = (new NoticeSent(prepared.Content), ReminderFeeAsked.Of(prepared.Content, Some.Usd(5)));
        var queued = new LetterQueued(prepared.Content);

        asked.Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(prepared.Content.Items[0].InvoiceId);
        spec.Given(prepared, named).When(NoticeDecider.Sent).Then(sent, asked);
        spec.Given(prepared, named, queued).When(NoticeDecider.Posted).Then(sent, asked);
        spec.Given(prepared).When(NoticeDecider.Sent).Then(sent);
        spec.Given(prepared, named).When(notice => NoticeDecider.Failed(notice, "x"))
            .Then(new NoticeFailed(prepared.Content, "x"));
        spec.Given(prepared, named).When(notice => NoticeDecider.Withdraw(notice, "x"))
            .Then(new NoticeWithdrawn(prepared.Content, "x"));
        spec.Given(prepared, named, queued).When(notice => NoticeDecider.TakeBack(notice, "x"))
            .Then(new NoticeWithdrawn(prepared.Content, "x"));
        spec.Given(prepared, named, sent, asked).When(NoticeDecider.Sent).ThenNothing();

        // Written anew without a fee it costs nothing, whatever it named before.
        spec.Given(prepared, named, new NoticeFailed(prepared.Content, "x"), prepared).When(NoticeDecider.Sent)
            .Then(sent);
    }

    [Fact]
    public void it_is_charged_for_what_has_come_to_the_step_itself()
    {
        var (harder, softer) = (Some.Item(), Some.Item(Day.AddDays(-2)));
        var charge = Some.Item(amount: 5) with { Kind = "debit-memo" };

        var asked = ReminderFeeAsked.Of(Prepared(Allowed(harder, softer, charge)).Content, Some.Usd(5));

        asked.Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(harder.InvoiceId);
        asked.Step.ShouldBe("second-notice");
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

    [Fact]
    public void an_invoice_whose_step_was_charged_makes_it_free_for_no_other()
    {
        var (charged, other) = (Some.Item(), Some.Item());
        var customer = Allowed(charged, other) with
        {
            Charged = [new ChargedStep(charged.InvoiceId, charged.Installment, "second-notice")],
        };
        var plan = Plan(customer);

        var named = ReminderFeeNamed.Of(plan, plan.Fee!.Value);

        plan.Fee.ShouldBe(Some.Usd(5));
        named.Items.ShouldBe([new ChargedItem(other.InvoiceId, other.Installment)]);
        var prepared = Prepared(customer);
        Notices.Given(prepared, named).When(NoticeDecider.Sent).Then(
            new NoticeSent(prepared.Content), ReminderFeeAsked.Of(prepared.Content, Some.Usd(5), named.Items));
        Fee(Allowed(charged, other with { DisputedAmount = Some.Usd(40) }) with { Charged = customer.Charged })
            .ShouldBeNull();
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

    private static DeciderSpec<Notice> Notices => new(Notice.Initial, Notice.Evolve);

    private static NoticePrepared Prepared(CustomerFacts customer)
    {
        var plan = Plan(customer);
        return new NoticePrepared(
            new NoticeContent(
                Some.Id(), "US01", customer.CustomerId, Day, plan.Step.Code, NoticeChannel.Email,
                "ap@globex.example", plan.Items, plan.Totals),
            new NoticeMail("<1@x>", "ap@globex.example", "Ana", "Acme", "en", "s", "t", "h"));
    }

    private static CustomerFacts Allowed(params IReadOnlyList<ItemFacts> items) =>
        Some.Customer(items) with { ReminderFee = Some.Usd(10) };

    private static Money? Fee(CustomerFacts customer) => Plan(customer).Fee;

    private static PlannedNotice Plan(CustomerFacts customer) =>
        DunningPlanner.Plan(Day, Charging, [customer]).ShouldHaveSingleItem();

    private static string Plain(string text) => text.Replace('\u00A0', ' ').Replace('\u202F', ' ')
        .Replace("&#160;", " ").Replace("&#8239;", " ").Replace("&#233;", "é").Replace("&#238;", "î");
}
