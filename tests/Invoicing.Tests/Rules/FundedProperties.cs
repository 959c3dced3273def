using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// I-18 after every step of any story of two deposits and two invoices: what is credited, credited again, netted,
/// written off and deducted never comes to more than was billed, or paid back in vain, and what a customer gets or
/// could ask back never to more than was paid.
/// </summary>
public class FundedProperties
{
    private const int Histories = 1_000;
    private const int Documents = 4;

    private sealed record Step(int Kind, int Document, int Other, int Number, int Cents);

    private static readonly Arbitrary<Step[]> Stories = (
        from kind in Gen.Choose(0, 15)
        from document in Gen.Choose(0, Documents - 1)
        from other in Gen.Choose(0, Documents - 1)
        from number in Gen.Choose(1, 6)
        from cents in Gen.Choose(1, 15_000)
        select new Step(kind, document, other, number, cents)).ArrayOf().ToArbitrary();

    [Fact]
    public void I18_nobody_gets_back_more_than_was_paid_or_credited_more_than_was_billed() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Histories), Prop.ForAll(Stories, story =>
        {
            var world = new World();
            foreach (var step in story)
            {
                world.Play(step);
                world.Holds();
            }
        }));

    /// <summary>Documents 0 and 1 are invoices, 2 and 3 deposits; each memo is for one of them.</summary>
    private sealed class World
    {
        private readonly Invoice[] _documents = new Invoice[Documents];
        private readonly Dictionary<Guid, (int Document, CreditMemo Memo)> _memos = [];
        private readonly List<JournalEntry> _entries = [];
        private int _ids;

        /// <summary>
        /// Of each document the most that was paid back of money that did not stay, which may be given up as a loss;
        /// money that comes later makes no loss undone, a refund that comes back does.
        /// </summary>
        private readonly Money[] _inVain = [.. Enumerable.Repeat(Some.Usd(0), Documents)];

        /// <summary>The same with what a netted deposit lacks: only what comes back makes it more.</summary>
        private readonly Money[] _uncovered = [.. Enumerable.Repeat(Some.Usd(0), Documents)];

        public World()
        {
            for (var n = 0; n < Documents; n++)
            {
                var isDeposit = n >= 2;
                var line = Some.Line(1, isDeposit ? 50.05m : 120.10m, 0.19m, account: isDeposit ? "2450" : null);
                var terms = Some.Account(terms: isDeposit ? "NET 30" : "2/10 NET 30");
                var draft = Some.Draft(Some.Wish(line), terms) with
                {
                    Kind = isDeposit ? DocumentKind.Deposit : DocumentKind.Invoice,
                };
                _documents[n] = Invoice.Initial;
                On(n, InvoiceDecider.Issue(Invoice.Initial, draft, $"{(isDeposit ? "DEP" : "INV")}-{n}").Events);
            }
        }

        public void Play(Step step)
        {
            var (document, amount) = (_documents[step.Document], Some.Usd(step.Cents / 100m));
            switch (step.Kind)
            {
                case 0 or 1:
                    On(step.Document, InvoiceDecider.ApplyPayment(
                        document, Some.Payment(step.Number, amount.Amount), Some.Context).Events);
                    break;
                case 2:
                    On(step.Document, InvoiceDecider.ReversePayment(
                        document, Some.Reversal(step.Number, amount.Amount), Some.Context).Events);
                    ComesBack();
                    break;
                case 3 or 4:
                    Credit(step.Document, amount, settle: step.Kind == 3);
                    break;
                case 5:
                    Settle(step.Number, step.Document);
                    break;
                case 6:
                    Cancel(step.Number);
                    ComesBack();
                    break;
                case 7 or 8:
                    Net(step, amount);
                    break;
                case 9:
                    WriteOff(step.Document, step.Number < 4 ? null : amount);
                    break;
                case 10:
                    On(step.Document, AdjustmentDecider.Recover(
                        document, NextId(), 1, step.Number < 4 ? null : amount, Some.Context).Events);
                    break;
                case 13 or 14:
                    Refund(step.Number, amount);
                    break;
                case 11 or 12:
                    PayLess(step.Document, step.Number, Money.Min(amount, document.Balance));
                    break;
                default:
                    Void(step.Document);
                    break;
            }
        }

        public void Holds()
        {
            var usd = Currency.Of("USD");
            for (var n = 0; n < Documents; n++)
            {
                var document = _documents[n];
                _inVain[n] = Money.Max(_inVain[n], document.RefundedInVain);
                var credited = _memos
                    .Where(memo => document.CreditMemos.ContainsKey(memo.Key) && !memo.Value.Memo.IsVoid)
                    .Select(memo => memo.Value.Memo.Issued!.Total);

                // Whatever it was paid by, what of its credits is more than what is open or lost can be paid back.
                document.Refundable.ShouldBe(Money.Max(Some.Usd(0), LeftOut(n) - document.Balance - LostOf(document)));

                // What was paid back of money that did not stay is owed beside what was billed, and may be a loss, too.
                var owing = document.Issued!.Total + _inVain[n];
                (Money.Sum(credited, usd) + document.Used + document.GivenUp <= owing).ShouldBeTrue();
                (document.Available <= document.Funded).ShouldBeTrue();
            }

            // Over all documents no more is paid back than came in, but for what came back since: no deposit pays for
            // an invoice and is paid back, too, and none that is not paid any more pays for one.
            var own = _documents.Aggregate(Some.Usd(0), (sum, one) => sum + OwnOf(one));
            var all = _documents.Aggregate(Some.Usd(0), (sum, one) => sum + one.Refunded);
            (all <= own + Money.Sum(_uncovered, usd)).ShouldBeTrue($"{all} was paid back of {own}");

            // What the customer owes, less what is open in its favour, is never below what it has paid in, but for what
            // was paid back of money that did not stay and is given up.
            var paid = _documents.SelectMany(document => document.Allocations.Values)
                .Where(one => one.State == AllocationState.Applied).Sum(one => one.Amount.Amount);
            var owed = _documents.Sum(document => document.Balance.Amount)
                - _memos.Values.Sum(memo => memo.Memo.Open.Amount);
            var refunded = _memos.Values.SelectMany(memo => memo.Memo.Refunds.Values).Sum(one => one.Amount.Amount);
            var lost = _documents.Select((document, n) => Money.Min(document.GivenUp, _inVain[n]).Amount).Sum();
            (owed - refunded + lost >= -paid).ShouldBeTrue(
                $"{owed} is owed, {paid} was paid, {refunded} was paid back, {lost} of it is lost");
            Balance(AccountRoles.Receivables).ShouldBe(owed);
            Balance(AccountRoles.CashClearing).ShouldBe(-refunded);
            var held = _documents.Skip(2).Where(deposit => !deposit.IsVoid).Sum(deposit => deposit.NetLeft.Amount);
            (held >= 0).ShouldBeTrue();
            (-Balance(AccountRoles.CustomerDeposits)).ShouldBe(held);
        }

        /// <summary>What was paid on a document and applied to it of others' credits.</summary>
        private static Money OwnOf(Invoice document) =>
            document.PutIn - Money.Sum(document.Deposits.Values.Select(one => one.Amount), document.Currency);

        private Money Lacked(Invoice invoice, int? but = null) => Money.Sum(
            Enumerable.Range(2, 2).Where(n => n != but).Select(n => invoice.LackedBy(DocumentId(n), _documents[n])),
            invoice.Currency);

        /// <summary>Money came back, or a credit was taken off: what was paid back may be in vain by it.</summary>
        private void ComesBack()
        {
            for (var n = 0; n < Documents; n++)
            {
                _uncovered[n] = Money.Max(
                    _uncovered[n], _documents[n].RefundedInVainBut(Lacked(_documents[n])));
            }
        }

        /// <summary>What is lost is never what credits of the document would still settle.</summary>
        private void WriteOff(int index, Money? amount)
        {
            var lost = AdjustmentDecider.WriteOff(_documents[index], NextId(), 1, amount, Some.Context);
            On(index, lost.Events);
            if (!lost.IsRefused)
                (LeftOut(index) <= _documents[index].Balance).ShouldBeTrue();
        }

        private static Money LostOf(Invoice document) => Money.Sum(document.WrittenOff.Values, document.Currency);

        /// <summary>What of the credits for a document is neither applied to it nor paid back.</summary>
        private Money LeftOut(int index) => Money.Sum(
            _memos.Values.Where(one => one.Document == index && !one.Memo.IsVoid).Select(one => one.Memo)
                .Select(memo => memo.Issued!.Total - Money.Sum(
                    memo.Applications.Values.Where(applied => applied.InvoiceId == DocumentId(index))
                        .Select(applied => applied.Amount).Concat(memo.Refunds.Values.Select(refund => refund.Amount)),
                    memo.Open.Currency)),
            Currency.Of("USD"));

        /// <summary>Settles so much with a discount or a small difference beside the money.</summary>
        private void PayLess(int index, int number, Money settled)
        {
            var given = number < 4
                ? _documents[index].Issued!.Installments[0].Discount?.On(settled, Some.Today) ?? Some.Usd(0)
                : Some.Usd(0.05m);
            if (!given.IsPositive || given >= settled)
                return;
            var payment = Some.Payment(number, (settled - given).Amount) with
            {
                Discount = number < 4 ? given : null,
                Difference = number < 4 ? null : given,
            };
            On(index, InvoiceDecider.ApplyPayment(_documents[index], payment, Some.Context).Events);
        }

        private decimal Balance(string role) => _entries.SelectMany(entry => entry.Lines)
            .Where(line => line.Role == role).Sum(line => line.Debit.Amount - line.Credit.Amount);

        private void Credit(int index, Money amount, bool settle)
        {
            var document = _documents[index];
            var wish = new IssueCreditMemo(
                Some.Customer, CreditReason.Price, [Some.Line(1, amount.Amount, 0)], DocumentId(index));
            var (draft, refusal) = CreditMemoDraft.Of(wish, Some.Account(), document.Issued, Some.Now);
            refusal.ShouldBeNull();
            (draft, _) = draft!.For(document);
            if (draft is null)
                return;
            var (id, number) = (NextId(), $"CM-{_ids}");
            var before = Money.Max(Some.Usd(0), LeftOut(index) - document.Balance);
            var credited = CreditedLoss.Credit(
                document, new CreditSource(id, number, Some.Today), draft.Total, null, null, Some.Context);
            if (credited.IsRefused)
                return;
            var issued = CreditMemoDecider.Issue(draft, number);
            _entries.Add(issued.Entry);
            _memos[id] = (index, CreditMemo.Evolve(CreditMemo.Initial, issued));
            On(index, credited.Events);

            // What is credited is no loss any more, whether it was lost before or is to be after: no more credits are
            // left beside a loss than were when what they were for was paid, too.
            (LostOf(_documents[index]).IsZero || LeftOut(index) - _documents[index].Balance <= before).ShouldBeTrue();
            if (settle)
                Settle(id, index);
        }

        private void Settle(int number, int index)
        {
            if (Memo(number) is { } id)
                Settle(id, index);
        }

        private void Settle(Guid id, int index)
        {
            var settlement = new CreditSettlement(id, _memos[id].Memo, Some.Context, NextId);
            var settled = settlement.Settle(DocumentId(index), _documents[index]);
            if (settled.IsRefused)
                return;
            On(index, settled.Events);
            _memos[id] = (_memos[id].Document, settlement.Memo);
        }

        /// <summary>So much, or else all that may be, is paid back; or a refund comes back.</summary>
        private void Refund(int number, Money amount)
        {
            if (Memo(number) is not { } id)
                return;
            var (index, memo) = _memos[id];
            var document = _documents[index];
            if (number == 6 && !memo.Refunds.IsEmpty)
            {
                var (refund, returned) = memo.Refunds.First();
                Paid(CreditRefundDecider.Return(memo, refund, Some.Context));
                On(index, AdjustmentDecider.ReturnRefund(
                    document, refund, returned.Amount, Some.Context).Events);
                _inVain[index] = _documents[index].RefundedInVain;
                return;
            }

            var lacked = Lacked(document);
            var wanted = number < 3 ? Money.Min(memo.Open, document.RefundableBut(lacked)) : amount;
            var (refundId, paid) = (NextId(), document.PutIn);
            var onDocument = AdjustmentDecider.RefundCredit(document, id, refundId, wanted, lacked);
            var onMemo = CreditRefundDecider.Refund(memo, refundId, wanted, $"REF-{_ids}", null, Some.Context);
            if (onDocument.IsRefused || onMemo.IsRefused)
                return;
            Paid(onMemo);
            On(index, onDocument.Events);

            // Who gets something back has paid for all that it keeps: what is lost of that is owed, too.
            var after = _documents[index];
            var keeps = after.Issued!.Total - after.Credited - after.ChargedBack - (after.GivenUp - LostOf(after));
            (after.PutIn - after.Refunded >= keeps).ShouldBeTrue();
            (Money.Sum(_documents[index].Refunds.Values, paid.Currency) <= paid).ShouldBeTrue();

            void Paid(Decision decision)
            {
                _entries.AddRange(decision.Events.Cast<IFinancialEvent>().Select(e => e.Entry));
                _memos[id] = (index, decision.Events.Aggregate(memo, CreditMemo.Evolve));
            }
        }

        /// <summary>All applications are taken back, and the memo is cancelled.</summary>
        private void Cancel(int number)
        {
            if (Memo(number) is not { } id)
                return;
            var (document, memo) = _memos[id];
            var settlement = new CreditSettlement(id, memo, Some.Context, NextId);
            foreach (var (application, applied) in memo.Applications)
            {
                var index = Enumerable.Range(0, Documents).Single(n => DocumentId(n) == applied.InvoiceId);
                On(index, settlement.TakeBack(application, _documents[index]).Events);
            }

            var cancelled = CreditMemoDecider.Void(settlement.Memo, "wrong", Some.Context);
            _entries.AddRange(cancelled.Events.Cast<IFinancialEvent>().Select(e => e.Entry));
            _memos[id] = (document, cancelled.Events.Aggregate(settlement.Memo, CreditMemo.Evolve));
            if (!cancelled.IsRefused)
                On(document, [new InvoiceCreditWithdrawn(id, memo.Issued!.Total)]);
        }

        private void Net(Step step, Money amount)
        {
            var (deposit, invoice) = (2 + (step.Document % 2), step.Other % 2);
            var settlement = new DepositSettlement(
                DocumentId(deposit), _documents[deposit], Some.Context, NextId);
            var decision = step.Number < 3
                ? settlement.TakeBack(
                    DocumentId(invoice), _documents[invoice].Deposits.Keys.FirstOrDefault(), _documents[invoice],
                    Lacked(_documents[invoice], but: deposit))
                : settlement.Settle(DocumentId(invoice), _documents[invoice], step.Number < 5 ? amount : null);
            if (decision.IsRefused)
                return;
            On(invoice, decision.Events);
            On(deposit, settlement.DepositEvents);
        }

        private void Void(int index)
        {
            var deposits = Enumerable.Range(2, 2).ToDictionary(DocumentId, n => _documents[n]);
            var voiding = InvoiceVoiding.Of(DocumentId(index), _documents[index], deposits, "wrong", Some.Context);
            On(index, voiding.OnInvoice.Events);
            for (var n = 2; n < Documents; n++)
                On(n, voiding.OnDeposits.GetValueOrDefault(DocumentId(n), []));
        }

        private void On(int index, IReadOnlyList<object> events)
        {
            _documents[index] = events.Aggregate(_documents[index], Invoice.Evolve);
            _entries.AddRange(events.OfType<IFinancialEvent>().Select(e => e.Entry));
        }

        private Guid? Memo(int number) =>
            _memos.Count == 0 ? null : _memos.Keys.Order().ElementAt(number % _memos.Count);

        private Guid NextId() => Ids.From("id", $"{_ids++}");

        private static Guid DocumentId(int index) => Ids.From("document", $"{index}");
    }
}
