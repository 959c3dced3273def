using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

public sealed class Runs_that_give_small_rests_up
{
    private static readonly Guid RunId = Ids.From("test", "run");

    [Fact]
    public void need_a_reason_and_something_to_give_up()
    {
        Refused(Wish(3) with { Reason = " " }).ShouldBe("reason-required");
        Refused(Wish(0)).ShouldBe("nothing-to-write-off");
        Refused(Wish(WriteOffRunDecider.MaxItems + 1)).ShouldBe("nothing-to-write-off");

        static string? Refused(WriteOffRunRequested wish) =>
            WriteOffRunDecider.Request(WriteOffRun.Initial, wish, "ana").Refusal?.Code;
    }

    [Fact]
    public void start_once_and_are_dropped_only_before()
    {
        var waiting = State(WriteOffRunDecider.Request(WriteOffRun.Initial, Wish(2), null));
        waiting.Status.ShouldBe(WriteOffRunStatus.Waiting);
        waiting.Next(10).ShouldBeEmpty();
        var running = State(WriteOffRunDecider.Start(waiting, RunId, "con"), waiting);
        running.Status.ShouldBe(WriteOffRunStatus.Running);
        WriteOffRunDecider.Start(running, RunId, "con").Events.ShouldBeEmpty();
        WriteOffRunDecider.Drop(running, RunId, "late").Refusal!.Code.ShouldBe("write-off-run-started");

        var dropped = State(WriteOffRunDecider.Drop(waiting, RunId, "no"), waiting);
        dropped.Status.ShouldBe(WriteOffRunStatus.Dropped);
        dropped.Next(10).ShouldBeEmpty();
        WriteOffRunDecider.Start(dropped, RunId, "con").Refusal!.Code.ShouldBe("write-off-run-dropped");
        WriteOffRunDecider.Start(WriteOffRun.Initial, RunId, "con").Refusal!.Kind.ShouldBe(RefusalKind.NotFound);
    }

    /// <summary>I-24: whatever the size of the parts, every rest has its turn once and in order.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void i24_deal_with_every_rest_once(int atOnce)
    {
        var run = State(WriteOffRunDecider.Request(WriteOffRun.Initial, Wish(20), "ana"));
        var seen = new List<Guid>();
        while (run.Next(atOnce) is { Count: > 0 } next)
        {
            run.Status.ShouldBe(WriteOffRunStatus.Running);
            seen.AddRange(next.Select(item => item.ReceiptId));
            run = WriteOffRun.Evolve(run, new WriteOffRunAdvanced(
                [.. next.Select(item => new RestOutcome(
                    item.ReceiptId, item.Rest.Amount % 2 == 0 ? "receipt-changed" : null))]));
        }

        seen.ShouldBe(run.Requested!.Items.Select(item => item.ReceiptId));
        (run.Status, run.Done, run.WrittenOffCount, run.WrittenOff).ShouldBe(
            (WriteOffRunStatus.Finished, 20, 10, Usd(100m)));
    }

    [Fact]
    public void give_up_what_is_as_it_was_and_leave_the_rest_with_a_reason()
    {
        var wish = Wish(1);
        var receipt = StateOf(Recorded(Customer));
        var item = new SmallRest(ReceiptId, receipt.Number, Customer, Usd(100m), 1);
        var (outcome, events) = WriteOffRunDecider.GiveUp(RunId, wish, item, receipt, 1, Usd(100m));
        outcome.Code.ShouldBeNull();
        var given = events.ShouldHaveSingleItem().ShouldBeOfType<RestWrittenOff>();
        (given.Amount, given.DecisionId, given.Entry.PostingDate).ShouldBe(
            (Usd(100m), WriteOffRunDecider.DecisionOf(RunId, ReceiptId), wish.EffectiveDate));

        Left(item, receipt, 2, Usd(100m)).ShouldBe("receipt-changed");
        Left(item with { Rest = Usd(99m) }, receipt, 1, Usd(100m)).ShouldBe("receipt-changed");
        Left(item, receipt, 1, Usd(99.99m)).ShouldBe("exceeds-write-off-limit");
        var gone = Receipt.Evolve(receipt, events[0]);
        Left(item with { Rest = Usd(0m) }, gone, 1, Usd(100m)).ShouldBe("amount-not-positive");

        // What was given up before counts.
        var less = receipt with
        {
            Balance = receipt.Balance with { Unapplied = Usd(60m), WrittenOff = Usd(40m) },
        };
        Left(item with { Rest = Usd(60m) }, less, 1, Usd(99.99m)).ShouldBe("exceeds-write-off-limit");

        string? Left(SmallRest rest, Receipt now, long version, Money limit)
        {
            var (left, nothing) = WriteOffRunDecider.GiveUp(RunId, wish, rest, now, version, limit);
            nothing.ShouldBeEmpty();
            return left.Code;
        }
    }

    private static WriteOffRun State(Decision decision, WriteOffRun? before = null)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(before ?? WriteOffRun.Initial, WriteOffRun.Evolve);
    }

    private static WriteOffRunRequested Wish(int count) => new(
        "US01", Usd(50m), Today, "too small", "ana",
        [
            .. Enumerable.Range(1, count).Select(n => new SmallRest(
                Ids.From("test", "rest", $"{n}"), $"RCT-{n}", Customer, Usd(n % 10_000), 3)),
        ],
        Usd(count));
}
