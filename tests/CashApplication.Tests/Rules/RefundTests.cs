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
        .When(refund => RefundDecider.Pay(refund, Id, Another, Today)).ThenRefused("refund-in-file");

    [Fact]
    public void are_not_paid_again_by_another() => Files.Given([.. InFile, new RefundPaid(One, Today)])
        .When(refund => RefundDecider.Pay(refund, Id, Another, Today)).ThenRefused("refund-in-file");

    [Fact]
    public void are_paid_once() => Files.Given([.. InFile, new RefundPaid(One, Today)])
        .When(refund => RefundDecider.Pay(refund, Id, One, Today)).ThenNothing();

    [Fact]
    public void wait_for_another_when_theirs_is_dropped() => Files.Given([.. InFile, new RefundTakenOutOfFile(One)])
        .When(refund => RefundDecider.PutIntoFile(refund, Id, Another)).Then(new RefundPutIntoFile(Another));
}
