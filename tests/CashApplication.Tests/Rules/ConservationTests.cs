using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>
/// I-01: whatever people ask and however Invoicing's answers come (late, twice, in any order), no cent is lost or made
/// at any event, every entry balances, and once all is answered nothing is pending.
/// </summary>
public sealed class Conservation
{
    [Fact]
    public void holds_after_every_event_of_every_story() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
        {
            var story = new Story();
            foreach (var step in steps)
                story.Play(step);
            story.AnswerEverything();
            story.Receipt.Balance.Pending.IsZero.ShouldBeTrue();
            if (story.Receipt.Balance.IsReversed)
                story.Receipt.Balance.Reversed.ShouldBe(story.Receipt.Balance.Amount);
        }));

    /// <summary>
    /// A receipt, and an Invoicing that answers each allocation truly, but when and how often the steps say.
    /// </summary>
    private sealed class Story
    {
        private readonly List<Func<Receipt, Decision>> _answers = [];
        private readonly HashSet<Guid> _answered = [];
        private int _count;

        public Story() => Take(ReceiptDecider.Record(Receipt.Initial, Command(customer: null), []));

        public Receipt Receipt { get; private set; } = Receipt.Initial;

        public void Play(int step)
        {
            var part = Math.Abs(step % 97) + 0.01m;
            switch (Math.Abs(step % 7))
            {
                case 0:
                    Take(ReceiptDecider.Identify(Receipt, ReceiptId, Customer, "person", Today));
                    break;
                case 1 or 2:
                    Take(ReceiptDecider.Request(Receipt, ReceiptId, Customer, [Order(NextId(), part)], Today));
                    break;
                case 3 when Receipt.Allocations.Count > 0:
                    var allocation = Receipt.Allocations[Math.Abs(step / 7 % Receipt.Allocations.Count)];
                    Take(ReceiptDecider.ReverseAllocation(Receipt, ReceiptId, allocation.Id, "moved"));
                    break;
                case 4 when step % 5 == 0:
                    Take(ReceiptDecider.Reverse(Receipt, ReceiptId, "return", "R02", Today));
                    break;
                default:
                    if (_answers.Count > 0)
                        Take(_answers[Math.Abs(step / 7 % _answers.Count)](Receipt));
                    break;
            }
        }

        /// <summary>Every answer there is, several times, last first; new ones come up on the way.</summary>
        public void AnswerEverything()
        {
            for (var round = 0; round < 4; round++)
            {
                for (var index = _answers.Count - 1; index >= 0; index--)
                    Take(_answers[index](Receipt));
            }
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
                    entry.Lines.Sum(line => line.Debit.Amount).ShouldBe(entry.Lines.Sum(line => line.Credit.Amount));
                Answer(fact);
            }
        }

        /// <summary>The balance says the same as the allocations one by one.</summary>
        private void AllocationsAgree()
        {
            Sum(AllocationStatus.Pending, AllocationStatus.ReversalPending).ShouldBe(Receipt.Balance.Pending.Amount);
            Sum(AllocationStatus.Confirmed).ShouldBe(Receipt.Balance.Applied.Amount);
        }

        private decimal Sum(params AllocationStatus[] statuses) => Receipt.Allocations
            .Where(allocation => statuses.Contains(allocation.Status)).Sum(allocation => allocation.Amount.Amount);

        private void Answer(object fact)
        {
            if (fact is AllocationRequested asked && _answered.Add(asked.AllocationId))
            {
                var isApplied = asked.Amount.Amount % 0.02m != 0;
                _answers.Add(receipt => isApplied
                    ? ReceiptDecider.Confirm(receipt, asked.AllocationId, asked.Amount)
                    : ReceiptDecider.Reject(receipt, asked.AllocationId, asked.Amount, "exceeds-balance", "Paid."));
            }
            else if (fact is AllocationReversalRequested back)
            {
                _answers.Add(receipt => ReceiptDecider.ConfirmReversal(receipt, back.AllocationId, back.Amount));
            }
        }

        private static JournalEntry? EntryOf(object fact) => fact switch
        {
            ReceiptRecorded e => e.Entry,
            ReceiptIdentified e => e.Entry,
            ReceiptReversed e => e.Entry,
            _ => null,
        };
    }
}
