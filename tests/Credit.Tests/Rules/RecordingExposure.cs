using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class RecordingExposure
{
    private static readonly Guid Receipt = Ids.From("receipt", "1");

    [Fact]
    public void an_account_opens_once()
    {
        Spec.Given().When(account => ExposureDecider.Open(account, Opened, Known)).Then(Opened, Known);
        Spec.Given(Opened, Known).When(account => ExposureDecider.Open(account, Opened, Known)).ThenNothing();
    }

    [Fact]
    public void what_is_newest_of_a_customer_is_kept()
    {
        var suspended = Known with { Status = "suspended", SourceVersion = 3 };
        Spec.Given(Opened, Known).When(account => ExposureDecider.Open(account, Opened, suspended)).Then(suspended);
        Spec.Given(Opened, suspended).When(account => ExposureDecider.Open(account, Opened, Known)).ThenNothing();
    }

    [Fact]
    public void an_invoice_counts_before_its_customer_is_known() =>
        Spec.Given().When(Record(Reported(100, 100)))
            .Then(new ReceivableRecorded(
                Invoice, 1, "INV-US01-2026-000001", null, Usd(100), Usd(100), 1, Exposure(100)));

    [Fact]
    public void the_same_message_again_and_an_older_one_are_nothing()
    {
        var past = Spec.Given(Opened, Receivable(100, 60, Exposure(), version: 2));
        past.When(Record(Reported(100, 60, version: 2))).ThenNothing();
        past.When(Record(Reported(100, 100, version: 1))).ThenNothing();
    }

    [Fact]
    public void a_payment_before_its_invoice_wins() =>
        Spec.Given().When(Record(Reported(100, 60, version: 2)))
            .ThenState(account =>
            {
                ExposureDecider.RecordReceivables(account, [Reported(100, 100, version: 1)]).Events.ShouldBeEmpty();
                account.ExposureIn(Currency.Of("USD")).OpenReceivables.ShouldBe(Usd(60));
            });

    [Fact]
    public void an_invoice_turns_the_reservation_into_a_receivable_and_the_total_stays() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100)).When(Record(Reported(80, 80, "SO-1")))
            .Then(
                new ReceivableRecorded(
                    Invoice, 1, "INV-US01-2026-000001", "SO-1", Usd(80), Usd(80), 1, Exposure(80, 80)),
                new ReservationConverted("SO-1", Invoice, Usd(0), Exposure(80)));

    /// <summary>Nobody says here what a euro of it is worth: room that is not there must not appear.</summary>
    [Fact]
    public void an_invoice_in_another_currency_than_its_order_leaves_that_reserved() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100))
            .When(Record(Reported(75, 75, "SO-1") with { Billed = Eur(75), Balance = Eur(75) }))
            .ThenState(account =>
            {
                account.Orders["SO-1"].Reserved.ShouldBe(Usd(80));
                account.ExposureIn(account.Currency).ShouldBe(Exposure(0, 80));
                account.ExposureIn(Currency.Of("EUR")).OpenReceivables.ShouldBe(Eur(75));
            });

    [Fact]
    public void an_order_is_invoiced_in_parts_and_installments() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100))
            .When(Record(Reported(10, 10, "SO-1", installment: 1), Reported(20, 20, "SO-1", installment: 2)))
            .ThenState(account =>
            {
                account.Orders["SO-1"].Reserved.ShouldBe(Usd(50));
                account.ExposureIn(account.Currency).ShouldBe(Exposure(30, 50));
            });

    [Fact]
    public void more_invoiced_than_ordered_leaves_nothing_reserved() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100)).When(Record(Reported(95, 95, "SO-1")))
            .ThenState(account => account.ExposureIn(account.Currency).ShouldBe(Exposure(95)));

    [Fact]
    public void a_paid_invoice_does_not_bring_its_reservation_back_and_a_voided_one_does()
    {
        object[] past =
        [
            Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100),
            new ReceivableRecorded(Invoice, 1, "INV-US01-2026-000001", "SO-1", Usd(80), Usd(80), 1, Exposure(80, 80)),
            new ReservationConverted("SO-1", Invoice, Usd(0), Exposure(80)),
        ];
        Spec.Given(past).When(Record(Reported(80, 0, "SO-1", version: 2)))
            .ThenState(account => account.ExposureIn(account.Currency).ShouldBe(Exposure()));
        Spec.Given(past).When(Record(Reported(0, 0, "SO-1", version: 2)))
            .Then(
                new ReceivableRecorded(Invoice, 1, "INV-US01-2026-000001", "SO-1", Usd(0), Usd(0), 2, Exposure()),
                new ReservationRestored("SO-1", Invoice, Usd(80), Exposure(orders: 80)));
    }

    [Fact]
    public void a_voided_invoice_does_not_bring_a_cancelled_order_back() =>
        Spec.Given(
                Opened, Limit(100), Receivable(30, 30, Exposure(), "SO-1"),
                new OrderApproved("SO-1", Usd(80), Usd(50), Exposure(30, 50), Usd(20)),
                new OrderCancelled("SO-1", Usd(80), Exposure(30), Usd(70)))
            .When(Record(Reported(0, 0, "SO-1", version: 2)))
            .ThenState(account => account.ExposureIn(account.Currency).ShouldBe(Exposure()));

    [Fact]
    public void an_invoice_of_a_held_order_counts_and_reserves_nothing() =>
        Spec.Given(Opened, new OrderHeld("SO-1", Usd(80), [], Exposure(), Usd(0)))
            .When(Record(Reported(80, 80, "SO-1")))
            .ThenState(account => account.ExposureIn(account.Currency).ShouldBe(Exposure(80)));

    [Fact]
    public void unapplied_cash_lowers_the_exposure_and_an_older_message_says_nothing()
    {
        Spec.Given(Opened).When(account => ExposureDecider.RecordUnappliedCash(account, Receipt, Usd(70), 1))
            .Then(new UnappliedCashRecorded(Receipt, Usd(70), 1, Exposure(cash: 70)));
        Spec.Given(Opened, new UnappliedCashRecorded(Receipt, Usd(20), 3, Exposure(cash: 20)))
            .When(account => ExposureDecider.RecordUnappliedCash(account, Receipt, Usd(70), 2)).ThenNothing();
        Spec.Given(Opened, new UnappliedCashRecorded(Receipt, Usd(20), 3, Exposure(cash: 20)))
            .When(account => ExposureDecider.RecordUnappliedCash(account, Receipt, Usd(5), 4))
            .Then(new UnappliedCashRecorded(Receipt, Usd(5), 4, Exposure(cash: 5)));
    }

    private static Func<CreditAccount, Decision> Record(params ReportedReceivable[] items) =>
        account => ExposureDecider.RecordReceivables(account, items);
}
