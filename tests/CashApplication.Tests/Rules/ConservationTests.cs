using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>
/// I-01: whatever people ask and however Invoicing's answers come (late, twice, in any order), no cent is lost or made
/// at any event, every entry balances, the ledger says what the balance says, and once all is answered nothing is
/// pending. D-12: what is on account never falls below zero.
/// </summary>
public sealed class Conservation
{
    [Fact]
    public void holds_after_every_event_of_every_story() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3_000),
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
        {
            var story = new Story(isBanked: steps.Length % 2 == 0);
            foreach (var step in steps)
                story.Play(step);
            story.AnswerEverything();
            story.Receipt.Balance.Pending.IsZero.ShouldBeTrue();
            story.Receipt.Balance.StillOwed.IsZero.ShouldBeTrue();
            story.LedgerAgrees();
            story.WriteOffsAgree();
            story.BankAgrees();
            if (story.Receipt.Balance.IsReversed)
            {
                (story.Receipt.Balance.Reversed + story.Receipt.Balance.TotalRefunded)
                    .ShouldBe(story.Receipt.Balance.Amount);
            }
        }));

    /// <summary>
    /// A receipt, and an Invoicing that answers each allocation truly, but when and how often the steps say.
    /// </summary>
    private sealed class Story
    {
        private static readonly Guid Other = Ids.From("test", "other customer");
        private static readonly ReceiptSource Bank = new(Guid.Empty, "S-1", 1, 0, Today);

        private readonly List<Func<Receipt, Decision>> _answers = [];
        private readonly HashSet<Guid> _answered = [];
        private readonly Dictionary<string, decimal> _ledger = [];
        private readonly List<Guid> _refunds = [];
        private int _count;

        public Story(bool isBanked) => Take(ReceiptDecider.Record(Receipt.Initial, isBanked
            ? Command(customer: null) with { Source = Bank }
            : Command(customer: null) with
            {
                BankAccount = null,
                Accounts = Accounts with { Bank = Accounts.Clearing! },
            }));

        public Receipt Receipt { get; private set; } = Receipt.Initial;

        public void Play(int step)
        {
            var part = Usd(Math.Abs(step % 97) + 0.01m);
            switch (Math.Abs(step % 20))
            {
                case 0:
                    Take(ReceiptDecider.Identify(Receipt, ReceiptId, Customer, "person", InTime, NextId()));
                    break;
                case 1 or 2:
                    Take(ReceiptDecider.Request(Receipt, ReceiptId, Customer, "allocation", Decide(part), Today));
                    break;
                case 3 when Some(step) is { } taken:
                    Take(ReceiptDecider.Unapply(Receipt, ReceiptId, [taken.Id], "moved"));
                    break;
                case 4 when step % 5 == 0:
                    Take(ReceiptDecider.Reverse(Receipt, ReceiptId, "return", "R02", Today));
                    break;
                case 5:
                    Take(ReceiptDecider.KeepOnAccount(Receipt, ReceiptId, NextId(), part, Whose(step)));
                    break;
                case 6:
                    Take(ReceiptDecider.TakeOffAccount(
                        Receipt, ReceiptId, step % 2 == 0 ? part : null, InTime, Whose(step)));
                    break;
                case 7:
                    Take(ReceiptDecider.Transfer(Receipt, ReceiptId, NextId(), step % 3 == 0 ? Customer : Other,
                        step % 2 == 0 ? part : null, "is theirs", InTime, Whose(step)));
                    break;
                case 8:
                    Take(ReceiptDecider.WriteOffRest(
                        Receipt, ReceiptId, NextId(), "small", Today, customerId: Whose(step)));
                    break;
                case 9:
                    Take(ReceiptDecider.Undo(Receipt, ReceiptId, "mistake", InTime));
                    break;
                case 10:
                    var refund = NextId();
                    _refunds.Add(refund);
                    Take(ReceiptDecider.ReserveRefund(Receipt, ReceiptId, refund, part, Whose(step)));
                    break;
                case 11 when _refunds.Count > 0:
                    Settle(_refunds[Math.Abs(step / 16 % _refunds.Count)], step / 16);
                    break;
                case 12 when Some(step) is { } moved:
                    Take(ReceiptDecider.Move(Receipt, ReceiptId, moved.Id, new MoveTarget(
                        NextId(), Ids.From("test", "another invoice"), "INV-2", 1, Customer, moved.Amount), "other"));
                    break;
                case 13 when step % 2 == 0:
                    Guid[] chosen = Some(step) is { } first && step % 3 == 0 ? [first.Id] : [];
                    Take(ReceiptDecider.ReversePart(Receipt, ReceiptId, new PartialReversal(
                        NextId(), part, "chargeback", null, chosen), InTime));
                    break;
                case 14:
                    Take(ReceiptDecider.Clear(Receipt, ReceiptId, new Clearing(
                        Chase, Bank, new Payer("Globex"), [], step % 3 == 0 ? Other : null), Today));
                    break;
                case 15:
                    Take(ReceiptDecider.Announce(Receipt, ReceiptId, new Announcement(
                        "ch_1", new Payer(), [], null, step % 3 == 0 ? Other : Customer), InTime, NextId()));
                    break;
                case 16 when step % 3 == 0:
                    Take(ReceiptDecider.ReverseAsEntered(Receipt, ReceiptId, [Other], Today));
                    break;
                default:
                    if (_answers.Count > 0)
                        Take(_answers[Math.Abs(step / 16 % _answers.Count)](Receipt));
                    break;
            }
        }

        /// <summary>Every answer there is, several times, last first; new ones come up on the way.</summary>
        public void AnswerEverything()
        {
            foreach (var refund in _refunds)
                Take(ReceiptDecider.ReleaseRefund(Receipt, ReceiptId, refund, "not paid", InTime));
            for (var round = 0; round < 6; round++)
            {
                for (var index = _answers.Count - 1; index >= 0; index--)
                    Take(_answers[index](Receipt));
            }
        }

        /// <summary>
        /// What customers' cash accounts hold, by the entries of both services, is what is unapplied by the balance.
        /// </summary>
        public void LedgerAgrees()
        {
            var cash = _ledger.GetValueOrDefault("unapplied-cash") + _ledger.GetValueOrDefault("unidentified-cash");
            (-cash).ShouldBe(Receipt.Balance.Unapplied.Amount + Receipt.Balance.Pending.Amount);
        }

        /// <summary>What was given up and not taken back is what the ledger holds of small differences.</summary>
        public void WriteOffsAgree() =>
            (-_ledger.GetValueOrDefault("small-difference")).ShouldBe(Receipt.Balance.TotalWrittenOff.Amount);

        /// <summary>What is left of the money is on the accounts that it came to, and nowhere else.</summary>
        public void BankAgrees()
        {
            var held = _ledger.GetValueOrDefault("bank") + _ledger.GetValueOrDefault("cash-clearing");
            var balance = Receipt.Balance;
            held.ShouldBe((balance.Amount - balance.Reversed - balance.StillOwed - balance.TotalRefunded).Amount);
        }

        private void Settle(Guid refund, int step)
        {
            if (step % 3 == 0)
                Take(ReceiptDecider.ReleaseRefund(Receipt, ReceiptId, refund, "rejected", InTime));
            else if (step % 3 == 1)
                Take(ReceiptDecider.PayRefund(Receipt, ReceiptId, refund, Chase, Today));
            else
                Take(ReceiptDecider.ReturnRefund(
                    Receipt, ReceiptId, refund, Chase, "account closed", InTime));
        }

        /// <summary>The owner of the receipt, or somebody who may have a share of it.</summary>
        private static Guid? Whose(int step) => (step / 20 % 3) switch
        {
            0 => null,
            1 => Other,
            _ => Customer,
        };

        private Allocation? Some(int step) => Receipt.Allocations.IsEmpty
            ? null
            : Receipt.InOrder().ElementAt(Math.Abs(step / 16 % Receipt.Allocations.Count));

        /// <summary>
        /// Now and then with a discount, a difference or a deduction beside the money, for another customer's item, for
        /// two items at once, and with something becoming of the rest.
        /// </summary>
        private AllocationDecision Decide(Money amount)
        {
            var order = Order(NextId(), amount.Amount);
            order = (_count % 4) switch
            {
                0 => order with { Discount = Usd(1m) },
                1 => order with { Difference = Usd(0.02m) },
                2 => order with { Deduction = new Deduction(Usd(3m), "quality") },
                _ => order with { CustomerId = Other },
            };
            RequestedAllocation[] orders = _count % 3 == 0 ? [order, Order(NextId(), 0.02m)] : [order];
            return Decided(orders) with
            {
                Rest = (_count % 7) switch
                {
                    0 => RestTreatment.WriteOff,
                    1 => RestTreatment.OnAccount,
                    _ => RestTreatment.Unapplied,
                },
            };
        }

        private Guid NextId() => Ids.From("conservation", (++_count).ToString());

        private void Take(Decision decision)
        {
            foreach (var fact in decision.Events)
            {
                Receipt = Receipt.Evolve(Receipt, fact);
                Receipt.Balance.IsConserved.ShouldBeTrue(fact.ToString());
                AllocationsAgree();
                if (EntryOf(fact) is { } entry)
                    Post(entry);
                Answer(fact);
            }
        }

        /// <summary>The balance says the same as the allocations and refunds one by one.</summary>
        private void AllocationsAgree()
        {
            (Sum(AllocationStatus.Pending, AllocationStatus.ReversalPending)
                + Receipt.Refunds.Values.Sum(refund => refund.Amount)).ShouldBe(Receipt.Balance.Pending.Amount);
            Sum(AllocationStatus.Confirmed).ShouldBe(Receipt.Balance.Applied.Amount);
            Receipt.PaidRefunds.Values.Sum(refund => refund.Amount).ShouldBe(Receipt.Balance.TotalRefunded.Amount);
        }

        private decimal Sum(params AllocationStatus[] statuses) => Receipt.Allocations.Values
            .Where(allocation => statuses.Contains(allocation.Status)).Sum(allocation => allocation.Amount.Amount);

        private void Post(JournalEntry entry)
        {
            entry.Lines.Sum(line => line.Debit.Amount).ShouldBe(entry.Lines.Sum(line => line.Credit.Amount));
            foreach (var line in entry.Lines)
                Post(line.Role, line.Debit.Amount - line.Credit.Amount);
        }

        private void Post(string role, decimal amount) =>
            _ledger[role] = _ledger.GetValueOrDefault(role) + amount;

        private void Answer(object fact)
        {
            switch (fact)
            {
                case AllocationsRequested asked:
                    foreach (var one in asked.Allocations.Where(one => _answered.Add(one.AllocationId)))
                    {
                        var isApplied = one.Amount.Amount % 0.02m != 0;
                        _answers.Add(receipt => isApplied
                            ? ReceiptDecider.Confirm(receipt, ReceiptId, one.AllocationId, one.Amount)
                            : ReceiptDecider.Reject(
                                receipt, ReceiptId, one.AllocationId, one.Amount, "exceeds-balance", "Paid.",
                                InTime));
                    }

                    break;
                case AllocationReversalsRequested back:
                    foreach (var one in back.Allocations)
                    {
                        _answers.Add(receipt =>
                            ReceiptDecider.ConfirmReversal(receipt, ReceiptId, one.AllocationId, one.Amount, InTime));
                    }

                    break;
                case AllocationConfirmed applied:
                    Post("unapplied-cash", applied.Amount.Amount);
                    break;
                case AllocationReversed back:
                    Post("unapplied-cash", -back.Amount.Amount);
                    break;
            }
        }

        private static JournalEntry? EntryOf(object fact) => fact switch
        {
            ReceiptRecorded e => e.Entry,
            ReceiptIdentified e => e.Entry,
            ReceiptUnidentified e => e.Entry,
            ReceiptCleared e => e.Entry,
            ReceiptReversed e => e.Entry,
            ReceiptPartlyReversed e => e.Entry,
            RestWrittenOff e => e.Entry,
            RestWriteOffReversed e => e.Entry,
            RefundPaidOut e => e.Entry,
            RefundCameBack e => e.Entry,
            _ => null,
        };
    }
}
