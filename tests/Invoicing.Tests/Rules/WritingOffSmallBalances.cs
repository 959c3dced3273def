using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class WritingOffSmallBalances
{
    private static readonly Guid RunId = Ids.From("test", "run");
    private static readonly Guid InvoiceId = Ids.From("invoice", "1");
    private static readonly HashSet<int> NoneAwaited = [];
    private static readonly DeciderSpec<WriteOffRun> Runs = new(WriteOffRun.Initial, WriteOffRun.Evolve);
    private static readonly DeciderSpec<AutomationPolicy> Policies =
        new(AutomationPolicy.Initial, AutomationPolicy.Evolve);

    [Fact]
    public void CASH13_a_run_needs_a_reason_and_something_to_give_up()
    {
        Refused(Wish(3) with { Reason = " " }, "reason-required");
        Refused(Wish(0), "nothing-to-write-off");
        Refused(Wish(WriteOffRunDecider.MaxItems + 1), "nothing-to-write-off");
        Runs.Given(Wish(1)).When(run => WriteOffRunDecider.Request(run, Wish(2), "ana")).ThenNothing();

        static void Refused(WriteOffRunRequested wish, string code) =>
            Runs.Given().When(run => WriteOffRunDecider.Request(run, wish, "ana")).ThenRefused(code);
    }

    [Fact]
    public void CASH13_a_run_starts_once_and_is_dropped_only_before()
    {
        var started = new WriteOffRunStarted("con");
        var waiting = Runs.Given(Wish(2));
        waiting.When(run => WriteOffRunDecider.Start(run, RunId, "con")).Then(started).ThenState(run =>
        {
            run.Status.ShouldBe(WriteOffRunStatus.Running);
            WriteOffRunDecider.Start(run, RunId, "con").Events.ShouldBeEmpty();
            WriteOffRunDecider.Drop(run, RunId, "late").Refusal!.Code.ShouldBe("write-off-run-started");
        });
        waiting.When(run => WriteOffRunDecider.Drop(run, RunId, "no")).ThenState(run =>
        {
            (run.Status, run.Next(10).Count).ShouldBe((WriteOffRunStatus.Dropped, 0));
            WriteOffRunDecider.Drop(run, RunId, "no").Events.ShouldBeEmpty();
            WriteOffRunDecider.Start(run, RunId, "con").Refusal!.Code.ShouldBe("write-off-run-dropped");
        });
        Runs.Given().When(run => WriteOffRunDecider.Start(run, RunId, "con")).ThenRefused("not-found");
    }

    /// <summary>I-24: whatever the size of the parts, every rest has its turn once, and with those of its invoice.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void I24_every_rest_is_dealt_with_once_and_no_invoice_divided(int atOnce)
    {
        var wish = Wish(20, installments: 3);
        var run = WriteOffRun.Evolve(WriteOffRun.Evolve(WriteOffRun.Initial, wish), new WriteOffRunStarted("ana"));
        var parts = new List<IReadOnlyList<SmallRest>>();
        while (run.Next(atOnce) is { Count: > 0 } next)
        {
            run.Status.ShouldBe(WriteOffRunStatus.Running);
            parts.Add(next);
            run = WriteOffRun.Evolve(run, new WriteOffRunAdvanced(
                [.. next.Select(item => new RestOutcome(
                    item.InvoiceId, item.Installment, item.Installment == 2 ? "invoice-changed" : null))]));
        }

        parts.SelectMany(part => part).ShouldBe(wish.Items);
        parts.SelectMany(part => part.Select(item => item.InvoiceId).Distinct()).ShouldBeUnique();
        (run.Status, run.Done, run.WrittenOffCount, run.WrittenOff).ShouldBe(
            (WriteOffRunStatus.Finished, 60, 40, Some.Usd(80)));
    }

    [Fact]
    public void CASH13_what_is_as_it_was_is_given_up_and_what_was_touched_is_left()
    {
        var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued(4));
        var (outcomes, events) = GiveUp(invoice, false, Rest(1, 4));

        outcomes.ShouldHaveSingleItem().ShouldBe(new RestOutcome(InvoiceId, 1));
        var lost = events.ShouldHaveSingleItem().ShouldBeOfType<WrittenOff>();
        (lost.Amount, lost.WriteOffId, lost.Entry.PostingDate, lost.Item.Balance).ShouldBe(
            (Some.Usd(4), WriteOffRunDecider.WriteOffOf(RunId, Rest(1, 4)), Some.Today, Some.Usd(0)));
        Left(GiveUp(invoice, true, Rest(1, 4))).ShouldBe("invoice-changed");
        Left(GiveUp(invoice, false, [Rest(1, 4)], [1])).ShouldBe("payment-pending");
        Left(GiveUp(invoice, false, [Rest(1, 4)], isCreditAwaited: true)).ShouldBe("credit-pending");
        Left(GiveUp(invoice, false, [Rest(1, 4)], limit: 3.99m)).ShouldBe("exceeds-write-off-limit");
        Left(GiveUp(Invoice.Evolve(invoice, lost), false, [Rest(1, 4)], limit: 8)).ShouldBe("exceeds-balance");
    }

    [Fact]
    public void CASH13_what_only_became_overdue_is_not_touched()
    {
        var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued());

        OverdueDecider.Mark(invoice, Some.Today.AddDays(31)).Events.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(e => WriteOffRunDecider.Touches(e).ShouldBeFalse());
        AdjustmentDecider.MarkDisputed(invoice, 1, Some.Usd(5), Some.Context).Events
            .ShouldAllBe(e => WriteOffRunDecider.Touches(e));
    }

    /// <summary>No past day shows what was not yet there, unless a person chose it.</summary>
    [Fact]
    public void I10_a_run_posts_on_the_day_that_was_chosen_for_it_and_else_when_it_is_carried_out()
    {
        var (chosen, later) = (Some.Today.AddDays(-3), Some.Context.Now.AddDays(7));
        var now = Some.Context with { Now = later };
        var closed = now with { Calendar = now.Calendar with { ClosedThrough = chosen } };

        Posted(Wish(1) with { PostingDate = null }, now).ShouldBe((null, later));
        Posted(Wish(1) with { PostingDate = chosen }, now).ShouldBe((chosen, later));
        Posted(Wish(1) with { PostingDate = chosen }, closed).ShouldBe((null, later));
        WriteOffRunDecider.Posting(Wish(1), later, Some.Context).Now.ShouldBe(later);

        (DateOnly?, DateTimeOffset) Posted(WriteOffRunRequested run, PostingContext context) =>
            WriteOffRunDecider.Posting(run, Some.Context.Now, context) is var posting
                ? (posting.Wanted, posting.Now)
                : default;
    }

    [Fact]
    public void CASH13_rests_of_the_same_sum_are_others_than_those_that_were_seen()
    {
        SmallRest[] seen = [Rest(1, 0.01m), Rest(2, 0.02m)];

        WriteOffRunDecider.Fingerprint(seen).ShouldBe(WriteOffRunDecider.Fingerprint([Rest(1, 0.01m), Rest(2, 0.02m)]));
        WriteOffRunDecider.Fingerprint(seen)
            .ShouldNotBe(WriteOffRunDecider.Fingerprint([Rest(1, 0.01m), Rest(3, 0.02m)]));
        WriteOffRunDecider.Fingerprint(seen)
            .ShouldNotBe(WriteOffRunDecider.Fingerprint([Rest(1, 0.02m), Rest(2, 0.01m)]));
    }

    [Fact]
    public void CASH13_what_was_written_off_before_counts_against_the_limit()
    {
        var issued = Invoice.Evolve(Invoice.Initial, Some.Issued(5));
        var before = AdjustmentDecider.WriteOff(issued, Some.NewId(), 1, Some.Usd(3), Some.Context);
        var invoice = before.Events.Aggregate(issued, Invoice.Evolve);

        Left(GiveUp(invoice, false, [Rest(1, 2)], limit: 4.99m)).ShouldBe("exceeds-write-off-limit");
        GiveUp(invoice, false, Rest(1, 2)).Events.Count.ShouldBe(1);
    }

    /// <summary>Each is decided on what those before have left.</summary>
    [Fact]
    public void CASH13_all_rests_of_an_invoice_are_given_up_together()
    {
        var invoice = Invoice.Evolve(Invoice.Initial, InvoiceDecider.Issue(
            Invoice.Initial,
            Some.Draft(
                Some.Wish(Some.Line(quantity: 1, unitPrice: 8, taxRate: 0)), Some.Account(terms: "SPLIT 50%@0 50%@30")),
            "INV-US01-2026-000001").Events[0]);

        var (outcomes, events) = GiveUp(invoice, false, Rest(1, 4), Rest(2, 4));

        outcomes.ShouldAllBe(one => one.Code == null);
        events.Aggregate(invoice, Invoice.Evolve).Status.ShouldBe(InvoiceStatus.WrittenOff);
    }

    /// <summary>I-18: a credit that is open elsewhere may be paid back; a loss beside it would be the second time.
    /// </summary>
    [Fact]
    public void I18_what_was_credited_and_not_applied_is_left()
    {
        var credited = new InvoiceCredited(Some.NewId(), "CM-1", Some.Usd(4));
        var invoice = new object[] { Some.Issued(4), credited }.Aggregate(Invoice.Initial, Invoice.Evolve);

        Left(GiveUp(invoice, false, Rest(1, 4))).ShouldBe("credits-not-applied");
    }

    [Fact]
    public void CASH13_there_are_no_runs_in_a_currency_without_a_limit()
    {
        var limits = Limits(Some.Usd(5));

        Policies.Given().When(now => now.Define(limits, Some.Today)).Then(limits).ThenState(now =>
        {
            now.SmallBalanceIn(Currency.Of("USD")).ShouldBe(Some.Usd(5));
            now.SmallBalanceIn(Currency.Of("EUR")).IsZero.ShouldBeTrue();
        });
        Policies.Given(limits).When(now => now.Define(Limits(Some.Usd(5)), Some.Today)).ThenNothing();
        Policies.Given(limits).When(now => now.Define(Limits(), Some.Today))
            .ThenState(now => now.SmallBalanceIn(Currency.Of("USD")).IsZero.ShouldBeTrue());
        foreach (var wrong in new[] { Limits(Some.Usd(0)), Limits(Some.Usd(5), Some.Usd(6)) })
        {
            Policies.Given().When(now => now.Define(wrong, Some.Today))
                .ThenRefused("invalid-automation-policy").Field.ShouldBe("/smallBalances/limits");
        }
    }

    private static AutomationPolicyDefined Limits(params Money[] limits) =>
        new("US01", null, SmallBalances: new SmallBalances(limits));

    private static SmallRest Rest(int installment, decimal amount) =>
        new(InvoiceId, "INV-US01-2026-000001", installment, Some.Customer, Some.Usd(amount), 1);

    private static (IReadOnlyList<RestOutcome> Outcomes, IReadOnlyList<object> Events) GiveUp(
        Invoice invoice, bool isTouched, params SmallRest[] rests) => GiveUp(invoice, isTouched, rests, NoneAwaited);

    private static (IReadOnlyList<RestOutcome> Outcomes, IReadOnlyList<object> Events) GiveUp(
        Invoice invoice, bool isTouched, SmallRest[] rests, HashSet<int>? awaited = null, decimal limit = 5,
        bool isCreditAwaited = false) =>
        WriteOffRunDecider.GiveUp(
            RunId, rests, invoice, isTouched, isCreditAwaited, awaited ?? NoneAwaited, Some.Usd(limit), Some.Context);

    private static string? Left((IReadOnlyList<RestOutcome> Outcomes, IReadOnlyList<object> Events) decided)
    {
        decided.Events.ShouldBeEmpty();
        return decided.Outcomes.ShouldHaveSingleItem().Code;
    }

    private static WriteOffRunRequested Wish(int invoices, int installments = 1) => new(
        "US01", Some.Usd(5), Some.Today, "too small", "ana",
        [
            .. from invoice in Enumerable.Range(1, invoices)
               from installment in Enumerable.Range(1, installments)
               select new SmallRest(
                   Ids.From("test", "invoice", $"{invoice}"), $"INV-{invoice}", installment, Some.Customer,
                   Some.Usd(2), 3),
        ],
        Some.Usd(2 * invoices * installments));
}
