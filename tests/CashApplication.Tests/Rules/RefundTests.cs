using System.Text.Json;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>I-18: a refund goes to the bank in one file, once.</summary>
public sealed class Refunds_in_payment_files
{
    private static readonly DeciderSpec<Refund> Files = new(Refund.Initial, Refund.Evolve);
    private static readonly Guid Id = Ids.From("test", "refund");
    private static readonly Guid One = Ids.From("test", "file 1");
    private static readonly Guid Another = Ids.From("test", "file 2");

    private static readonly PayingAccount Account = new("US01-MAIN", "1000");

    private static readonly object[] InFile =
    [
        new RefundRequested(
            "US01", ReceiptId, "RCT-US01-2026-000001", Customer, Usd(40m),
            new Payee("Globex", "DE89370400440532013000"), "paid twice", "ana"),
        new RefundApproved("bo"), new RefundPutIntoFile(One),
    ];

    [Fact]
    public void are_in_no_second_one() => Files.Given(InFile)
        .When(refund => RefundDecider.PutIntoFile(refund, Id, Another)).ThenRefused("refund-in-file");

    [Fact]
    public void are_paid_by_no_other() => Files.Given(InFile)
        .When(refund => RefundDecider.Pay(refund, Id, Another, Account, Today)).ThenRefused("refund-in-file");

    [Fact]
    public void are_not_paid_again_by_another() => Files.Given([.. InFile, new RefundPaid(One, Today)])
        .When(refund => RefundDecider.Pay(refund, Id, Another, Account, Today)).ThenRefused("refund-in-file");

    [Fact]
    public void are_paid_once() => Files.Given([.. InFile, new RefundPaid(One, Today)])
        .When(refund => RefundDecider.Pay(refund, Id, One, Account, Today)).ThenNothing();

    [Fact]
    public void wait_for_another_when_theirs_is_dropped() => Files.Given([.. InFile, new RefundTakenOutOfFile(One)])
        .When(refund => RefundDecider.PutIntoFile(refund, Id, Another)).Then(new RefundPutIntoFile(Another));
}

/// <summary>What Invoicing has approved is taken over once, and goes the way of any refund.</summary>
public sealed class Refunds_that_Invoicing_has_approved
{
    private static readonly DeciderSpec<Refund> Refunds = new(Refund.Initial, Refund.Evolve);
    private static readonly Guid Id = Ids.From("test", "refund");
    private static readonly Guid Memo = Ids.From("test", "memo");
    private static readonly Guid File = Ids.From("test", "file");
    private static readonly PayingAccount Account = new("US01-MAIN", "1000");

    [Fact]
    public void are_taken_over_once_and_not_approved_again()
    {
        Refunds.Given().When(refund => RefundDecider.Take(refund, Told())).Then(Told())
            .ThenState(refund => refund.Status.ShouldBe(RefundStatus.Approved));
        Refunds.Given(Told()).When(refund => RefundDecider.Take(refund, Told() with { Amount = Usd(41m) }))
            .ThenNothing();
    }

    /// <summary>Where to is guarded as with any refund; nothing is kept in vain.</summary>
    [Fact]
    public void are_declined_where_nobody_could_be_paid()
    {
        foreach (var payee in new[]
        {
            new Payee("Globex"), new Payee("Globex", Iban: "DE00370400440532013000"),
            new Payee("Globex", AccountNumber: "123456"), new Payee("", "DE89370400440532013000"),
        })
        {
            var decided = RefundDecider.Take(Refund.Initial, Told() with { Payee = payee }).Events;
            var declined = decided[1].ShouldBeOfType<CreditRefundDeclined>();
            (declined.CreditMemoId, declined.Amount, declined.Reason.Length > 10).ShouldBe((Memo, Usd(40m), true));
            Refunds.Given([.. decided]).When(refund => RefundDecider.PutIntoFile(refund, Id, File))
                .ThenRefused("refund-state");
        }
    }

    [Fact]
    public void are_booked_from_cash_clearing_to_the_bank_and_back()
    {
        object[] inFile = [Told(), new RefundPutIntoFile(File)];
        var paid = (CreditRefundPaid)RefundDecider.Pay(Of(inFile), Id, File, Account, Today).Events
            .ShouldHaveSingleItem();
        Lines(paid.Entry).ShouldBe([("1090", "cash-clearing", 40m), ("1000", "bank", -40m)]);
        (paid.Entry.PostingDate, paid.Entry.ValueDate, paid.Entry.Kind).ShouldBe((Today, Today, "refund-paid"));
        Refunds.Given([.. inFile, paid]).When(refund => RefundDecider.Pay(refund, Id, File, Account, Today))
            .ThenNothing();
        Refunds.Given([.. inFile, paid]).When(refund => RefundDecider.Cancel(refund, Id, "late"))
            .ThenRefused("refund-state");

        // A bank that says so with an earlier date does not send back what was not paid yet.
        var back = (CreditRefundReturned)RefundDecider.Return(
            Of([.. inFile, paid]), Id, "closed", Account, Today.AddDays(-3)).Events.ShouldHaveSingleItem();
        Lines(back.Entry).ShouldBe([("1000", "bank", 40m), ("1090", "cash-clearing", -40m)]);
        (back.PaidOn, back.Entry.PostingDate).ShouldBe((Today, Today));
        Refunds.Given([.. inFile, paid, back]).When(refund => RefundDecider.Return(refund, Id, "again", null, Today))
            .ThenNothing();
    }

    [Fact]
    public void are_taken_back_while_they_are_in_no_file()
    {
        Refunds.Given(Told()).When(refund => RefundDecider.Cancel(refund, Id, "not wanted"))
            .Then(new CreditRefundCancelled("US01", Memo, Usd(40m), "not wanted"));
        Refunds.Given(Told(), new RefundPutIntoFile(File)).When(refund => RefundDecider.Cancel(refund, Id, "late"))
            .ThenRefused("refund-state");
    }

    /// <summary>What was paid in bounced: whatever has come first, the bank is not told of it any more.</summary>
    [Fact]
    public void are_not_paid_where_invoicing_takes_them_back_in_time()
    {
        var cancelled = new CreditRefundCancelled("US01", Memo, Usd(40m), "bounced");
        var (ahead, held) = (new CreditRefundHeld("bounced", 5), new CreditRefundHeld("bounced"));
        Refunds.Given().When(Withdraw).Then(ahead);
        Refunds.Given(ahead).When(refund => RefundDecider.Take(refund, Told())).Then(
            Told(), new CreditRefundDeclined("US01", Memo, Usd(40m), "bounced"));
        Refunds.Given(Told()).When(Withdraw).Then(cancelled);
        Refunds.Given(Told(), cancelled).When(Withdraw).ThenNothing();
        Refunds.Given(held).When(refund => RefundDecider.Take(refund, Told())).Then(
            Told(), new CreditRefundDeclined("US01", Memo, Usd(40m), "bounced"));
        object[] inFile = [Told(), new RefundPutIntoFile(File)];
        Refunds.Given(inFile).When(Withdraw).Then(held);
        Refunds.Given([.. inFile, held]).When(Withdraw).ThenNothing();
        Refunds.Given([.. inFile, held]).When(refund => RefundDecider.Pay(refund, Id, File, Account, Today))
            .ThenRefused("refund-withdrawn");
        Refunds.Given([.. inFile, held]).When(refund => RefundDecider.TakeOutOfFile(refund, Id, File))
            .Then(new RefundTakenOutOfFile(File), cancelled);
        var paid = RefundDecider.Pay(Of(inFile), Id, File, Account, Today).Events;
        Refunds.Given([.. inFile, .. paid]).When(Withdraw).ThenNothing();

        static Decision Withdraw(Refund refund) => RefundDecider.Withdraw(refund, "bounced", 5);
    }

    /// <summary>
    /// It waits at Invoicing for its approval, what was paid in bounces and comes again, and it is approved then; or it
    /// is approved and what was paid in bounces. The last word counts, in whatever order they are heard.
    /// </summary>
    [Fact]
    public void follow_the_last_word_of_invoicing()
    {
        Ends(isPaid: true, approved: 9, withdrawn: [5]);
        Ends(isPaid: true, approved: 9, withdrawn: [5, 7]);
        foreach (var (approved, withdrawn) in new (long, long[])[] { (5, [9]), (7, [5, 9]), (5, [7, 9]) })
            Ends(isPaid: false, approved, withdrawn);

        static void Ends(bool isPaid, long approved, long[] withdrawn)
        {
            foreach (var story in Orders([approved, .. withdrawn]))
            {
                var refund = story.Aggregate(Refund.Initial, (now, word) => (word == approved
                    ? RefundDecider.Take(now, Told() with { Sequence = approved })
                    : RefundDecider.Withdraw(now, "bounced", word)).Events.Aggregate(now, Refund.Evolve));

                (refund.Status == RefundStatus.Approved).ShouldBe(isPaid, string.Join(", ", story));
            }
        }

        static IEnumerable<long[]> Orders(long[] words) => words.Length < 2
            ? [words]
            : words.SelectMany(word => Orders([.. words.Where(one => one != word)])
                .Select(rest => (long[])[word, .. rest]));
    }

    /// <summary>Older versions did not keep the place: what they held stays so.</summary>
    [Fact]
    public void stay_withdrawn_where_nobody_knows_when_that_was()
    {
        var held = new CreditRefundHeld("bounced");
        Refunds.Given(held).When(refund => RefundDecider.Take(refund, Told() with { Sequence = 9 })).Then(
            Told() with { Sequence = 9 }, new CreditRefundDeclined("US01", Memo, Usd(40m), "bounced"));
        Refunds.Given(held).When(refund => RefundDecider.Withdraw(refund, "bounced", 5)).ThenNothing();
        JsonSerializer.Serialize(held, Json.Stored).ShouldBe("""{"Reason":"bounced"}""");
        Refunds.Given(Told()).When(refund => RefundDecider.Withdraw(refund, "bounced", 5))
            .Then(new CreditRefundCancelled("US01", Memo, Usd(40m), "bounced"));
    }

    private static CreditRefundRequested Told() => new(
        "US01", Memo, "CM-US01-2026-000001", "E2E-1", Customer, Usd(40m), new Payee("Globex", "DE89370400440532013000"),
        "goods came back", "ana", "mia", "1090");

    private static Refund Of(object[] past) => past.Aggregate(Refund.Initial, Refund.Evolve);

    private static IEnumerable<(string, string, decimal)> Lines(JournalEntry entry) => entry.Lines
        .Select(line => (line.Account, line.Role, line.Debit.Amount - line.Credit.Amount));
}
