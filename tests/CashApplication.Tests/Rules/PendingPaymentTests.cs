using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;
using V1 = OrderToCash.Contracts.CashApplication.V1;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>Money on its way.</summary>
public sealed class A_pending_payment
{
    private static readonly Guid Id = Ids.From("test", "pending payment");

    private static readonly Guid Stranger = Ids.From("test", "another customer");

    private static readonly DeciderSpec<PendingPayment> Pending = new(PendingPayment.Initial, PendingPayment.Evolve);

    private static readonly PendingPaymentRecorded Told = new(
        "US01", "card", PendingStages.Authorized, Usd(100m), Today, Today.AddDays(2), Today.AddDays(12),
        new Payer("Globex"), ["INV-1"], Customer, "caller", null, null, "ch_1", null,
        [new PendingItem(First, Invoice, 1, "INV-1", Usd(100m))]);

    /// <summary>
    /// I-18, D-05: it ends once, with its money, without, or with time, whatever is said and in whatever order; what is
    /// said again changes nothing, and an end names a receipt where it is settled, and only there.
    /// </summary>
    [Fact]
    public void i18_ends_once_whatever_happens() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
        {
            var pending = PendingPayment.Evolve(PendingPayment.Initial, Told);
            var ends = new List<PendingPaymentEnded>();
            foreach (var step in steps)
            {
                var number = Math.Abs((long)step);
                var decided = (number % 4) switch
                {
                    0 => PendingPaymentDecider.Settle(
                        pending, Id, Ids.From("receipt", $"{number % 3}"), StateOf(Recorded(Customer))),
                    1 => PendingPaymentDecider.Fail(pending, Id, "declined"),
                    2 => PendingPaymentDecider.Expire(pending, Today.AddDays((int)(number % 30))),
                    _ => PendingPaymentDecider.Record(pending, Told),
                };
                pending = decided.Events.Aggregate(pending, PendingPayment.Evolve);
                ends.AddRange(decided.Events.Cast<PendingPaymentEnded>());
            }

            ends.Count.ShouldBeLessThanOrEqualTo(1);
            pending.Ended.ShouldBe(ends.SingleOrDefault());
            ends.ShouldAllBe(end => (end.ReceiptId != null) == (end.Outcome == PendingOutcomes.Settled)
                && end.Amount == Told.Amount && end.Items.Count == 1);
        }));

    [Fact]
    public void is_waited_for_until_its_last_day_has_ended()
    {
        Pending.Given(Told).When(one => PendingPaymentDecider.Expire(one, Told.ExpiresOn)).ThenNothing();
        PendingPaymentDecider.Expire(PendingPayment.Evolve(PendingPayment.Initial, Told), Told.ExpiresOn.AddDays(1))
            .Events.ShouldHaveSingleItem().ShouldBeOfType<PendingPaymentEnded>().Outcome.ShouldBe("expired");
    }

    [Fact]
    public void is_refused_where_it_is_nonsense()
    {
        Refused(Told with { Amount = Usd(0m) }, "amount-not-positive");
        Refused(Told with { Method = "barter" }, "unknown-method");
        Refused(Told with { Stage = PendingStages.Announced }, "unknown-stage");
        Refused(Told with { ExpiresOn = Told.ExpectedOn.AddDays(-1) }, "bad-expiry");
        Refused(Told with { ExpiresOn = Told.Since.AddDays(PendingPaymentDecider.MostDays + 1) }, "bad-expiry");
        Refused(
            Told with { ExpectedOn = Today.AddDays(-9), ExpiresOn = Today.AddDays(-1) }, "bad-expiry");

        static void Refused(PendingPaymentRecorded told, string code) => PendingPaymentDecider
            .Record(PendingPayment.Initial, told).Refusal!.Code.ShouldBe(code);
    }

    [Fact]
    public void is_settled_by_money_of_its_own_only()
    {
        Pending.Given(Told).When(one => PendingPaymentDecider.Settle(
            one, Id, ReceiptId, StateOf(Recorded(Stranger)))).ThenRefused("other-receipt");
        Pending.Given(Told).When(one => PendingPaymentDecider.Settle(
            one, Id, ReceiptId, Receipt.Initial)).ThenRefused("not-found");
        var reversed = StateOf(Then(Recorded(Customer), receipt =>
            ReceiptDecider.Reverse(receipt, ReceiptId, "error", null, Today)));
        Pending.Given(Told).When(one => PendingPaymentDecider.Settle(one, Id, ReceiptId, reversed))
            .ThenRefused("other-receipt");
        Pending.Given(Told).When(one => PendingPaymentDecider.Record(one, Told with { Amount = Usd(99m) }))
            .ThenRefused("processor-reference-used");
    }

    [Fact]
    public void says_what_it_is_to_pay_when_it_begins_and_when_it_ends()
    {
        var end = PendingPaymentDecider.Settle(
            PendingPayment.Evolve(PendingPayment.Initial, Told), Id, ReceiptId, StateOf(Recorded(null)))
            .Events.Single();
        var began = Said(Told).ShouldBeOfType<V1.PendingPaymentRecorded>();
        var ended = Said(end).ShouldBeOfType<V1.PendingPaymentEnded>();
        began.Items.ShouldBe(ended.Items);
        began.Items.ShouldHaveSingleItem().ItemId.ShouldBe(First);
        (ended.Outcome, ended.ReceiptId, ended.CustomerId).ShouldBe(("settled", ReceiptId, Customer));
    }

    private static object Said(object fact) => CashPublications.Create().Of(new StoredEvent
    {
        Id = Ids.From("event", fact.GetType().Name),
        StreamId = Id,
        Version = 1,
        Type = "any",
        Data = fact,
        At = DateTimeOffset.UnixEpoch,
        Metadata = new EventMetadata("test"),
    }).ShouldHaveSingleItem().Contract;
}
