using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// A debit memo of a late fee of 60.00 and interest of 40.00, each with 10 % of tax: 66.00 and 44.00.
/// </summary>
public class WaivingLines
{
    private const string Fee = "4810";
    private const string Interest = "4820";
    private const string Tax = "2200";

    [Fact]
    public void One_line_is_let_go_from_its_own_account_and_the_other_stays_owed()
    {
        var (memo, entry) = Waive(Issued(), null, 2);

        Lines(entry).ShouldBe([(Interest, 40m), (Tax, 4m)]);
        (memo.Balance, memo.WaivedLines.Single()).ShouldBe((Some.Usd(66), KeyValuePair.Create(2, Some.Usd(44))));
        Refuse(memo, 0.01m, 2).ShouldBe("exceeds-line");
        Refuse(memo, null, 2).ShouldBe("nothing-open");
        Refuse(memo, 1, 3).ShouldBe("no-such-line");
        Refuse(memo, 1, 0).ShouldBe("no-such-line");
    }

    /// <summary>What was let go of all lines is so of each in its proportion: 33.00 and 22.00 of 55.00.</summary>
    [Fact]
    public void What_was_let_go_of_all_lines_counts_on_each()
    {
        var (memo, _) = Waive(Issued(), 55, null);

        Refuse(memo, 33.01m, 1).ShouldBe("exceeds-line");
        var (fee, entry) = Waive(memo, null, 1);
        Lines(entry).ShouldBe([(Fee, 30m), (Tax, 3m)]);
        fee.Balance.ShouldBe(Some.Usd(22));
        Lines(Waive(fee, null, null).Entry).ShouldBe([(Interest, 20m), (Tax, 2m)]);
    }

    [Fact]
    public void What_is_asked_for_again_goes_back_to_the_line_that_it_was_let_go_of()
    {
        var memo = Waive(Waive(Issued(), 11, 1).Memo, 22, 2).Memo;

        Reinstate(memo, 11.01m, 1).Refusal!.Code.ShouldBe("exceeds-waived");
        Reinstate(memo, 1, 3).Refusal!.Code.ShouldBe("exceeds-waived");
        var back = (ChargeReinstated)Reinstate(memo, null, 2).Events[0];
        Lines(back.Entry).ShouldBe([(Interest, -20m), (Tax, -2m)]);
        (back.Line, Invoice.Evolve(memo, back).WaivedLines[2]).ShouldBe((2, Some.Usd(0)));
        Lines(((ChargeReinstated)Reinstate(memo, null, null).Events[0]).Entry)
            .ShouldBe([(Fee, -10m), (Interest, -20m), (Tax, -3m)]);
    }

    /// <summary>
    /// I-18: 66.00 of 110.00 are paid, 44.00 let go and 33.00 credited, which were to be paid back: 11.00 are owed now.
    /// </summary>
    [Fact]
    public void A_refund_is_withdrawn_where_the_charge_is_owed_again()
    {
        var memo = Waive(Issued(), 44, null).Memo;
        object[] after =
        [
            .. InvoiceDecider.ApplyPayment(memo, Some.Payment(1, 66), Some.Context).Events,
            new InvoiceCredited(Ids.From("memo", "1"), "CM-1", Some.Usd(33)),
            new InvoiceCreditRefundReserved(Ids.From("memo", "1"), Ids.From("refund", "1"), Some.Usd(33)),
        ];
        memo = after.Aggregate(memo, Invoice.Evolve);
        memo.Uncovered.ShouldBeEmpty();

        Reinstate(memo, null, null).Events.OfType<InvoiceCreditRefundUncovered>().ShouldHaveSingleItem()
            .RefundId.ShouldBe(Ids.From("refund", "1"));
    }

    /// <summary>Whatever is let go and asked for again in whatever parts, no account is left with a cent.</summary>
    [Fact]
    public void Parts_sum_to_the_lines_to_the_cent_and_back()
    {
        var random = new Random(7);
        for (var story = 0; story < 200; story++)
        {
            var memo = Issued(random.Next(1, 9_999) / 100m, random.Next(1, 9_999) / 100m);
            var entries = new List<JournalEntry>();
            for (var step = 0; step < 12; step++)
            {
                int? line = random.Next(3) is var one and > 0 ? one : null;
                var amount = Some.Usd(random.Next(1, 4_000) / 100m);
                Play(ref memo, entries, random.Next(3) > 0
                    ? ChargeDecider.Waive(memo, Some.NewId(), 1, amount, Some.Context, line)
                    : Reinstate(memo, amount.Amount, line));
                memo.Waived.Values.Sum(waived => waived.Amount).ShouldBe(
                    memo.WaivedLines.Values.Sum(waived => waived.Amount));
            }

            if (memo.Balance.IsPositive)
                Play(ref memo, entries, ChargeDecider.Waive(memo, Some.NewId(), 1, null, Some.Context));
            Of(entries, Fee).ShouldBe(memo.Issued!.Lines[0].Net.Amount);
            Of(entries, Interest).ShouldBe(memo.Issued.Lines[1].Net.Amount);
            Play(ref memo, entries, Reinstate(memo, null, null));
            foreach (var account in new[] { Fee, Interest, Tax, "1200" })
                Of(entries, account).ShouldBe(0);
        }
    }

    private static void Play(ref Invoice memo, List<JournalEntry> entries, Decision decision)
    {
        entries.AddRange(decision.Events.Cast<IFinancialEvent>().Select(e => e.Entry));
        memo = decision.Events.Aggregate(memo, Invoice.Evolve);
    }

    private static decimal Of(List<JournalEntry> entries, string account) => entries.SelectMany(entry => entry.Lines)
        .Where(line => line.Account == account).Sum(line => line.Debit.Amount - line.Credit.Amount);

    private static Invoice Issued(decimal fee = 60, decimal interest = 40)
    {
        var wish = Some.Wish(
            Some.Line(1, fee, 0.10m, account: Fee), Some.Line(1, interest, 0.10m, account: Interest));
        var draft = Some.Draft(wish) with { Kind = DocumentKind.DebitMemo };
        return InvoiceDecider.Issue(Invoice.Initial, draft, "DM-US01-2026-000001").Events
            .Aggregate(Invoice.Initial, Invoice.Evolve);
    }

    private static (Invoice Memo, JournalEntry Entry) Waive(Invoice memo, decimal? amount, int? line)
    {
        var decision = ChargeDecider.Waive(
            memo, Some.NewId(), 1, amount is { } some ? Some.Usd(some) : null, Some.Context, line);
        decision.Refusal.ShouldBeNull();
        var waived = (ChargeWaived)decision.Events.ShouldHaveSingleItem();
        waived.Line.ShouldBe(line);
        return (Invoice.Evolve(memo, waived), waived.Entry);
    }

    private static string? Refuse(Invoice memo, decimal? amount, int line) => ChargeDecider.Waive(
        memo, Some.NewId(), 1, amount is { } some ? Some.Usd(some) : null, Some.Context, line).Refusal?.Code;

    private static Decision Reinstate(Invoice memo, decimal? amount, int? line) => ChargeDecider.Reinstate(
        memo, Some.NewId(), 1, amount is { } some ? Some.Usd(some) : null, Some.Context, line);

    /// <summary>All but receivables.</summary>
    private static IEnumerable<(string Account, decimal Amount)> Lines(JournalEntry entry) => entry.Lines
        .Where(line => line.Role != AccountRoles.Receivables)
        .Select(line => (line.Account, line.Debit.Amount - line.Credit.Amount));
}
