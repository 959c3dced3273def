using FsCheck;
using FsCheck.Fluent;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// What must hold after any story of two invoices in installments, a credit memo, payments, write-offs, recoveries,
/// moved due dates and disputes, in any order.
/// </summary>
public class AdjustmentProperties
{
    private static readonly Guid MemoId = Ids.From("memo", "1");

    private sealed record Step(int Kind, int Invoice, int Number, int Cents);

    private static readonly Arbitrary<Step[]> Stories = (
        from kind in Gen.Choose(0, 8)
        from invoice in Gen.Choose(0, 1)
        from number in Gen.Choose(1, 6)
        from cents in Gen.Choose(1, 9_000)
        select new Step(kind, invoice, number, cents)).ArrayOf().ToArbitrary();

    private sealed class World
    {
        public Invoice[] Invoices { get; } = [.. Enumerable.Range(0, 2).Select(_ => Invoice.Initial)];

        public CreditMemo Memo { get; set; } = CreditMemo.Initial;

        public List<StoredEvent> Log { get; } = [];

        private int _ids;

        public Guid NextId() => Ids.From("id", $"{_ids++}");

        public void On(int invoice, params IReadOnlyList<object> events)
        {
            foreach (var e in events)
            {
                Log.Add(Stored(InvoiceId(invoice), e));
                Invoices[invoice] = Invoice.Evolve(Invoices[invoice], e);
            }
        }

        public void OnMemo(params IReadOnlyList<object> events)
        {
            foreach (var e in events)
            {
                Log.Add(Stored(MemoId, e));
                Memo = CreditMemo.Evolve(Memo, e);
            }
        }

        private StoredEvent Stored(Guid stream, object data) => new()
        {
            Id = Ids.From("event", $"{Log.Count}"),
            StreamId = stream,
            Version = Log.Count + 1,
            Type = "any",
            Data = data,
            At = Some.Now,
            Metadata = new EventMetadata("test"),
        };
    }

    [Fact]
    public void I02_total_is_open_plus_paid_plus_credited_plus_given_up() => ForAll(world =>
    {
        foreach (var invoice in world.Invoices)
        {
            var paid = Sum(invoice.Allocations.Values.Where(one => one.State == AllocationState.Applied)
                .Select(one => one.Amount));
            var credited = Sum(invoice.Credits.Values.Select(one => one.Amount));
            var lost = Sum(invoice.WrittenOff.Values);

            (invoice.Balance + paid + credited + lost).ShouldBe(invoice.Issued!.Total);
            foreach (var (number, balance) in invoice.Balances)
            {
                balance.IsNegative.ShouldBeFalse();
                (balance <= invoice.Issued.Installments[number - 1].Amount).ShouldBeTrue();
                (invoice.DisputedOn(number) <= balance).ShouldBeTrue();
            }
        }
    });

    [Fact]
    public void I18_a_credit_memo_is_used_once_and_both_sides_agree() => ForAll(world =>
    {
        var onInvoices = world.Invoices.SelectMany(invoice => invoice.Credits)
            .Select(one => (one.Key, one.Value.Amount)).Order().ToList();
        var onMemo = world.Memo.Applications.Select(one => (one.Key, one.Value.Amount)).Order().ToList();

        onInvoices.ShouldBe(onMemo);
        (world.Memo.Open + Sum(onMemo.Select(one => one.Amount))).ShouldBe(world.Memo.Issued!.Total);
        world.Memo.Open.IsNegative.ShouldBeFalse();
    });

    [Fact]
    public void I04_the_control_account_moves_by_the_subledger_and_the_subledger_is_what_is_open() => ForAll(world =>
    {
        var postings = world.Log.Select(Posting.Of).OfType<Posting>().ToList();
        foreach (var posting in postings)
        {
            var lines = posting.Entry.Lines;
            lines.Sum(line => line.Debit.Amount).ShouldBe(lines.Sum(line => line.Credit.Amount));
            lines.Where(line => line.Role == AccountRoles.Receivables)
                .Sum(line => line.Debit.Amount - line.Credit.Amount)
                .ShouldBe(posting.Movements.Sum(movement => movement.Amount.Amount));
            posting.Movements.Select(one => (one.DocumentId, one.Installment, one.DueDate)).ShouldBeUnique();
        }

        // Per document, installment and due date: what was moved away from a date leaves nothing there (I-23).
        var moved = postings.SelectMany(posting => posting.Movements)
            .GroupBy(one => (one.DocumentId, one.Installment, one.DueDate))
            .Select(one => (one.Key, Amount: one.Sum(movement => movement.Amount.Amount)))
            .Where(one => one.Amount != 0).Order().ToList();
        var open = world.Invoices.SelectMany((invoice, index) => invoice.Items().Select(item =>
                (Key: (InvoiceId(index), item.Installment, item.DueDate), item.Balance.Amount)))
            .Append((Key: (MemoId, 1, world.Memo.Issued!.CreditDate), Amount: -world.Memo.Open.Amount))
            .Where(one => one.Amount != 0).Order().ToList();
        moved.ShouldBe(open);
    });

    private static void ForAll(Action<World> holds) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Stories, story =>
        {
            var world = Begin();
            foreach (var step in story)
                Play(world, step);
            holds(world);
        }));

    private static World Begin()
    {
        var world = new World();
        for (var n = 0; n < 2; n++)
        {
            var wish = Some.Wish(Some.Line(1, 100, 0)) with { Terms = n == 0 ? "SPLIT 30/60/90" : "NET 30" };
            world.On(n, InvoiceDecider.Issue(Invoice.Initial, Some.Draft(wish), $"INV-US01-2026-00000{n}").Events);
        }

        var (draft, _) = CreditMemoDraft.Of(
            new IssueCreditMemo(Some.Customer, CreditReason.Goodwill, [Some.Line(1, 80, 0)]), Some.Account(), null,
            Some.Now);
        world.OnMemo(CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001"));
        return world;
    }

    private static void Play(World world, Step step)
    {
        var (invoice, amount) = (world.Invoices[step.Invoice], Some.Usd(step.Cents / 100m));
        var installment = Math.Min(step.Number, invoice.Balances.Count);
        var settlement = new CreditSettlement(MemoId, world.Memo, Some.Context, world.NextId);
        switch (step.Kind)
        {
            case 0 or 1:
                world.On(step.Invoice, InvoiceDecider.ApplyPayment(
                    invoice, Some.Payment(step.Number, amount.Amount, installment), Some.Context).Events);
                break;
            case 2:
                world.On(step.Invoice, InvoiceDecider.ReversePayment(
                    invoice, Some.Reversal(step.Number, amount.Amount), Some.Context).Events);
                break;
            case 3 or 4:
                var settled = step.Kind == 3
                    ? settlement.Settle(InvoiceId(step.Invoice), invoice, installment, amount)
                    : settlement.Settle(InvoiceId(step.Invoice), invoice);
                if (!settled.IsRefused)
                {
                    world.On(step.Invoice, settled.Events);
                    world.OnMemo(settlement.MemoEvents);
                }

                break;
            case 5 when invoice.Credits.Keys.Order().FirstOrDefault() is var id && id != default:
                world.On(step.Invoice, settlement.TakeBack(id, invoice).Events);
                world.OnMemo(settlement.MemoEvents);
                break;
            case 6:
                world.On(step.Invoice, AdjustmentDecider.WriteOff(
                    invoice, world.NextId(), installment, amount, Some.Context).Events);
                break;
            case 7:
                world.On(step.Invoice, AdjustmentDecider.Recover(
                    invoice, world.NextId(), installment, amount, Some.Context).Events);
                break;
            default:
                world.On(step.Invoice, AdjustmentDecider.Reschedule(
                    invoice, [new NewDueDate(installment, Some.Today.AddDays(step.Cents % 40))], "terms-change 1",
                    Some.Context).Events);
                world.On(step.Invoice, AdjustmentDecider.MarkDisputed(
                    world.Invoices[step.Invoice], installment, amount, Some.Context).Events);
                break;
        }
    }

    private static Guid InvoiceId(int number) => Ids.From("invoice", $"{number}");

    private static Money Sum(IEnumerable<Money> amounts) => Money.Sum(amounts, Currency.Of("USD"));
}
