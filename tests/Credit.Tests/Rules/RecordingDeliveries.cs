using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>CRD-08: an order is a reservation, then an unbilled delivery, then a receivable, and counts once.</summary>
public sealed class RecordingDeliveries
{
    private static readonly OrderApproved Order = Approved("SO-1", 100, Exposure(), 200);

    [Fact]
    public void what_leaves_is_no_longer_reserved_and_at_risk_all_the_same() =>
        Spec.Given(Opened, Limit(200), Order).When(Deliver(60))
            .Then(new DeliveryRecorded("SO-1", Usd(60), Usd(40), Exposed(orders: 40, deliveries: 60)))
            .ThenState(account =>
            {
                account.ExposureIn(account.Currency).Total.ShouldBe(Usd(100));
                Deliver(60)(account).Events.ShouldBeEmpty("twice is once");
            });

    [Theory]
    [InlineData(30, 40, 30)]
    [InlineData(60, 40, 0)]
    [InlineData(80, 20, 0)]
    [InlineData(100, 0, 0)]
    public void an_invoice_bills_what_was_delivered_before_what_was_not(
        decimal billed, decimal orders, decimal deliveries) =>
        Spec.Given(Opened, Limit(200), Order, Delivery(60))
            .When(account => ExposureDecider.RecordReceivables(account, [Reported(billed, billed, "SO-1")]))
            .ThenState(account => account.ExposureIn(account.Currency)
                .ShouldBe(Exposed(billed, orders, deliveries)));

    [Fact]
    public void an_invoice_that_is_voided_leaves_the_delivery_unbilled_again() =>
        Spec.Given(Opened, Limit(200), Order, Delivery(60))
            .When(account =>
            {
                var issued = ExposureDecider.RecordReceivables(account, [Reported(80, 80, "SO-1")]).Events;
                account = issued.Aggregate(account, CreditAccount.Evolve);
                return Decision.Of([
                    .. issued,
                    .. ExposureDecider.RecordReceivables(account, [Reported(0, 0, "SO-1", version: 2)]).Events,
                ]);
            })
            .ThenState(account => account.ExposureIn(account.Currency)
                .ShouldBe(Exposed(orders: 40, deliveries: 60)));

    /// <summary>I-20: 1 it is issued, 2 it is voided, 3 the dispute about it ends, which says what it billed.</summary>
    [Theory]
    [InlineData("123")]
    [InlineData("132")]
    [InlineData("213")]
    [InlineData("231")]
    [InlineData("312")]
    [InlineData("321")]
    [InlineData("1232123")]
    public void a_void_invoice_bills_nothing_whatever_is_told_of_it_later_or_was_before(string told) =>
        Spec.Given(Opened, Limit(200), Order, Delivery(60))
            .When(account => Decision.Of([.. told.SelectMany(message =>
            {
                var events = ExposureDecider.RecordReceivables(account, [message switch
                {
                    '1' => Reported(80, 80, "SO-1"),
                    '2' => Reported(0, 0, "SO-1", version: 2),
                    _ => Reported(80, 0, "SO-1", version: 3),
                }]).Events;
                account = events.Aggregate(account, CreditAccount.Evolve);
                return events;
            })]))
            .ThenState(account => account.ExposureIn(account.Currency)
                .ShouldBe(Exposed(orders: 40, deliveries: 60)));

    /// <summary>An older release has stored that 3 bills again what 2 took back; RUNBOOK has 2 told again.</summary>
    [Fact]
    public void a_void_invoice_that_an_older_release_let_bill_again_is_mended_when_its_void_is_told_again()
    {
        var spec = Spec.Given(
            Opened, Limit(200), Order, Delivery(60),
            Receivable(80, 0, Exposed(orders: 40), "SO-1", version: 3),
            new ReservationConverted("SO-1", Invoice, Usd(20), Exposed(orders: 20)));
        spec.When(account => ExposureDecider.RecordReceivables(
            account, [Reported(80, 80, "SO-1"), Reported(80, 0, "SO-1", version: 3)])).ThenNothing();
        spec.When(account => ExposureDecider.RecordReceivables(account, [Reported(0, 0, "SO-1", version: 2)]))
            .ThenState(account =>
            {
                account.ExposureIn(account.Currency).ShouldBe(Exposed(orders: 40, deliveries: 60));
                account.Receivables[(Invoice, 1)].SourceVersion.ShouldBe(3);
            });
    }

    [Fact]
    public void an_invoice_that_is_known_before_its_delivery_leaves_nothing_unbilled() =>
        Spec.Given(Opened, Limit(200), Order)
            .When(account => ExposureDecider.RecordReceivables(account, [Reported(60, 60, "SO-1")]))
            .ThenState(account => Deliver(60)(account).Events.ShouldHaveSingleItem().ShouldBeOfType<DeliveryRecorded>()
                .Exposure.ShouldBe(Exposed(60, orders: 40)));

    [Fact]
    public void goods_that_come_back_are_reserved_again() =>
        Spec.Given(Opened, Limit(200), Order, Delivery(60)).When(Deliver(10))
            .Then(new DeliveryRecorded("SO-1", Usd(10), Usd(90), Exposed(orders: 90, deliveries: 10)));

    /// <summary>I-20: of two reports the one that was counted later counts, whichever comes last.</summary>
    [Fact]
    public void a_report_that_was_counted_earlier_changes_nothing()
    {
        var noon = new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);
        Spec.Given(Opened, Limit(200), Order).When(Deliver(50, noon)).ThenState(account =>
        {
            Deliver(30, noon.AddMinutes(-1))(account).Events.ShouldBeEmpty();
            Deliver(50, noon)(account).Events.ShouldBeEmpty();
            Deliver(30, noon.AddMinutes(1))(account).Events.ShouldHaveSingleItem();
            Deliver(30)(account).Events.ShouldHaveSingleItem("without a time it is the last one");
        });
    }

    [Fact]
    public void what_is_out_counts_when_the_order_was_held_is_cancelled_or_was_for_less()
    {
        var held = new OrderHeld("SO-1", Usd(100), [new OrderReason("over-limit", "")], Exposure(), Usd(50));
        Spec.Given(Opened, Limit(50), held).When(Deliver(60))
            .Then(new DeliveryRecorded("SO-1", Usd(60), Usd(0), Exposed(deliveries: 60), Unapproved: Usd(60)));
        Spec.Given(Opened, Limit(200), Order, Delivery(60)).When(Cancel("SO-1"))
            .Then(new OrderCancelled("SO-1", Usd(100), Exposed(deliveries: 60), Usd(140)));
        Spec.Given(Opened, Limit(200), Order).When(Deliver(120))
            .Then(new DeliveryRecorded("SO-1", Usd(120), Usd(0), Exposed(deliveries: 120), Unapproved: Usd(20)));
    }

    [Fact]
    public void an_order_is_decided_again_with_what_is_out_of_it()
    {
        var past = Spec.Given(Opened, Limit(200), Order, Delivery(60));
        past.When(Check("SO-1", 200)).ThenState(account =>
        {
            IsApproved("SO-1")(account);
            account.ExposureIn(account.Currency).ShouldBe(Exposed(orders: 140, deliveries: 60));
        });
        past.When(Check("SO-1", 201)).ThenState(account =>
        {
            IsHeld("SO-1", "over-limit")(account);
            account.Orders["SO-1"].Reasons[0].Detail.ShouldContain("unbilled deliveries 60.00");
            account.ExposureIn(account.Currency).ShouldBe(Exposed(deliveries: 60));
        });
        past.When(Check("SO-1", 70)).Then(new OrderReduced(
            "SO-1", Usd(70), Usd(10), Exposed(orders: 10, deliveries: 60), Usd(130)));
    }

    [Fact]
    public void a_delivery_is_of_an_order_that_is_known_and_in_its_currency()
    {
        Spec.Given(Opened, Limit(200)).When(Deliver(60)).ThenRefused("not-found");
        Spec.Given(Opened, Limit(200), Order).When(account => CreditDecider.Deliver(account, "SO-1", Eur(60)))
            .ThenRefused("other-currency");
        Spec.Given(Opened, Limit(200), Order, Delivery(100)).When(Cancel("SO-1")).ThenRefused("order-invoiced");
    }

    private static Func<CreditAccount, Decision> Deliver(decimal delivered, DateTimeOffset? asOf = null) =>
        account => CreditDecider.Deliver(account, "SO-1", Usd(delivered), asOf);

    /// <summary>So much of the order of 100 is delivered.</summary>
    private static DeliveryRecorded Delivery(decimal delivered) => new(
        "SO-1", Usd(delivered), Usd(100 - delivered), Exposed(orders: 100 - delivered, deliveries: delivered));

    private static Exposure Exposed(decimal receivables = 0, decimal orders = 0, decimal deliveries = 0) =>
        Exposure(receivables, orders) with { UnbilledDeliveries = deliveries == 0 ? null : Usd(deliveries) };
}
