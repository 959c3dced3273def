using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>What holds in the books after any story; see <see cref="RandomBooks"/>.</summary>
public class BooksProperties
{
    private const int Histories = 2_000;

    [Fact]
    public void I02_what_was_billed_is_open_paid_credited_or_given_up() => RandomBooks.ForAll(Histories, books =>
    {
        foreach (var invoice in books.Invoices)
        {
            var settled = invoice.Allocations.Values.Where(one => one.State == AllocationState.Applied)
                .Select(one => one.Amount + (one.Discount ?? Money.Zero(books.Currency)))
                .Concat(invoice.Credits.Values.Select(one => one.Amount))
                .Concat(invoice.Deposits.Values.Select(one => one.Amount))
                .Concat(invoice.Chargebacks.Values.Select(one => one.Amount))
                .Concat(invoice.WrittenOff.Values).Concat(invoice.Waived.Values);
            (invoice.Balance + Money.Sum(settled, books.Currency))
                .ShouldBe(invoice.IsVoid ? Money.Zero(books.Currency) : invoice.Issued!.Total);
            foreach (var (number, balance) in invoice.Balances)
            {
                balance.IsNegative.ShouldBeFalse();
                (balance <= invoice.Issued!.Installments[number - 1].Amount).ShouldBeTrue();
            }
        }
    });

    /// <summary>I-03, D-22: there is no status beside the amounts, so nothing without a balance is open.</summary>
    [Fact]
    public void I03_d22_the_status_follows_from_amounts_alone() => RandomBooks.ForAll(Histories, books =>
    {
        foreach (var invoice in books.Invoices)
        {
            var givenUp = invoice.WrittenOff.Values.Concat(invoice.Waived.Values).Any(amount => amount.IsPositive);
            invoice.Status.ShouldBe(
                invoice.IsVoid ? InvoiceStatus.Void
                : invoice.Balance.IsZero && givenUp ? InvoiceStatus.WrittenOff
                : invoice.Balance.IsZero ? InvoiceStatus.Paid
                : invoice.Balance == invoice.Issued!.Total ? InvoiceStatus.Open
                : InvoiceStatus.PartiallyPaid);
            (invoice.Status is InvoiceStatus.Open or InvoiceStatus.PartiallyPaid)
                .ShouldBe(!invoice.Balance.IsZero);
        }
    });

    [Fact]
    public void I04_the_control_account_is_the_subledger_is_what_is_open_in_both_currencies_on_any_day() =>
        RandomBooks.ForAll(Histories, books =>
        {
            var postings = books.Postings;
            var movements = postings.SelectMany(posting => posting.Movements).ToList();
            movements.GroupBy(one => (one.DocumentId, one.Installment, one.DueDate))
                .Select(one => (one.Key, one.Sum(movement => movement.Amount.Amount),
                    one.Sum(movement => movement.Base!.Value.Amount)))
                .Where(one => one.Item2 != 0 || one.Item3 != 0).Order()
                .ShouldBe(books.Open.Select(one => (one.Key, one.Open.Amount, (one.Base ?? one.Open).Amount))
                    .Where(one => one.Item2 != 0 || one.Item3 != 0).Order());
            foreach (var day in postings.Select(posting => posting.Entry.PostingDate).Distinct())
            {
                var until = postings.Where(posting => posting.Entry.PostingDate <= day).ToList();
                var control = until.SelectMany(posting => posting.Entry.Lines)
                    .Where(line => line.Role == AccountRoles.Receivables).ToList();
                var ledger = until.SelectMany(posting => posting.Movements).ToList();
                control.Sum(line => line.Debit.Amount - line.Credit.Amount)
                    .ShouldBe(ledger.Sum(one => one.Amount.Amount));
                control.Sum(line => (line.BaseDebit ?? line.Debit).Amount - (line.BaseCredit ?? line.Credit).Amount)
                    .ShouldBe(ledger.Sum(one => one.Base!.Value.Amount));
            }
        });

    [Fact]
    public void I09_what_is_undone_is_a_new_posting_and_no_past_day_ever_owes_less_than_nothing() =>
        RandomBooks.ForAll(Histories, books =>
        {
            // Invoices are never below zero on any day in the past; a credit memo is never above.
            foreach (var document in books.Postings.SelectMany(posting => posting.Movements.Select(movement =>
                (posting.Entry.PostingDate, Movement: movement))).GroupBy(one => (
                    one.Movement.DocumentId, one.Movement.Installment)))
            {
                var balance = 0m;
                foreach (var day in document.GroupBy(one => one.PostingDate).OrderBy(day => day.Key))
                {
                    balance += day.Sum(one => one.Movement.Amount.Amount);
                    (document.First().Movement.DocumentNumber.StartsWith("CM", StringComparison.Ordinal)
                        ? balance <= 0 : balance >= 0).ShouldBeTrue();
                }
            }
        });

    [Fact]
    public void I16_exchange_differences_are_money_times_the_change_of_rate_and_none_for_equal_currencies() =>
        RandomBooks.ForAll(Histories, books =>
        {
            foreach (var posting in books.Postings)
            {
                var gain = Gain(posting.Entry);
                if (books.Currency.Code == "USD")
                {
                    gain.ShouldBe(0);
                    posting.Entry.Lines.ShouldAllBe(line => line.BaseDebit == null);
                    continue;
                }

                posting.Entry.Lines.Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount)
                    .ShouldBe(0);
            }

            foreach (var applied in books.Log.Select(stored => stored.Data).OfType<PaymentApplied>()
                .Where(_ => books.Currency.Code != "USD"))
            {
                var invoice = books.Invoices.Single(one => one.Issued!.Number == applied.Item.InvoiceNumber);
                var exact = applied.Amount.Amount * (applied.Rate!.Rate - invoice.Issued!.Rate!.Rate);

                // A chargeback is worth in the books what its invoice was less by, which is rounded once more.
                Math.Abs(Gain(applied.Entry) - exact).ShouldBeLessThanOrEqualTo(invoice.IsChargeback ? 0.03m : 0.02m);
            }

            foreach (var invoice in books.Invoices.Where(invoice => invoice.Balance.IsZero))
                (invoice.BaseBalance?.IsZero ?? true).ShouldBeTrue();
        });

    /// <summary>Revalued at any day by any rate: worth less booked, taken back on the next day, once.</summary>
    [Fact]
    public void I16_what_is_unrealised_is_what_is_open_by_the_closing_rate_less_what_was_booked() =>
        RandomBooks.ForAll(Histories, books =>
        {
            var (period, usd) = (Period.Of(books.Today), Currency.Of("USD"));
            var closing = books.RateOn(period.LastDay) ?? new ExchangeRate(ExchangeRate.MonthEnd, period.LastDay, 1.5m);
            var items = books.Open.Where(one => !one.Open.IsZero).Select(one => new ForeignItem(
                books.Currency.Code, one.Open.Amount, (one.Base ?? one.Open).Amount)).ToList();
            var revalued = new RevaluedPeriod("US01", period, usd, OtherAccounts.Standard);
            var (found, refusal) = RevaluationDecider.Find(
                revalued, items, new Dictionary<string, ExchangeRate> { [books.Currency.Code] = closing },
                period.LastDay);

            refusal.ShouldBeNull();
            var decision = RevaluationDecider.Post(
                Revaluation.Initial, revalued, found!, AccountingCalendar.Initial);
            var entries = decision.Events.Cast<IFinancialEvent>().Select(e => e.Entry).ToList();
            var expected = books.Currency.Code == "USD" ? 0 : items.Sum(item =>
                closing.Of(Money.Of(item.Balance, books.Currency), usd).Amount - item.Booked);
            entries.Take(1).SelectMany(entry => entry.Lines)
                .Where(line => line.Role == AccountRoles.ReceivablesRevaluation)
                .Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount).ShouldBe(expected);
            foreach (var account in entries.SelectMany(entry => entry.Lines).GroupBy(line => line.Account))
                account.Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount).ShouldBe(0);
            entries.ShouldAllBe(entry => entry.Lines.Sum(
                line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount) == 0);
            var after = decision.Events.Aggregate(Revaluation.Initial, Revaluation.Evolve);
            RevaluationDecider.Post(after, revalued, found!, AccountingCalendar.Initial).Events.ShouldBeEmpty();
        });

    [Fact]
    public void I17_installments_lines_and_their_shares_sum_exactly() => RandomBooks.ForAll(Histories, books =>
    {
        foreach (var issued in books.Invoices.Select(invoice => invoice.Issued!))
        {
            Money.Sum(issued.Installments.Select(due => due.Amount), books.Currency).ShouldBe(issued.Total);
            Money.Sum(issued.Lines.Select(line => line.Net + line.Tax), books.Currency).ShouldBe(issued.Total);
            if (issued is { Rate: { } rate, Chargeback: null })
            {
                Money.Sum(issued.Installments.Select(due => due.Base!.Value), Currency.Of("USD"))
                    .ShouldBe(rate.Of(issued.Total, Currency.Of("USD")));
            }
        }
    });

    [Fact]
    public void I18_a_deposit_is_held_until_it_is_netted_and_netted_once() => RandomBooks.ForAll(Histories, books =>
    {
        var deposit = books.Invoices[RandomBooks.Deposit];
        var (none, held) = (Money.Zero(books.Currency), deposit.IsVoid ? Money.Zero(books.Currency) : deposit.NetLeft);
        var lines = books.Postings.SelectMany(posting => posting.Entry.Lines)
            .Where(line => line.Role == AccountRoles.CustomerDeposits).ToList();

        lines.Sum(line => line.Credit.Amount - line.Debit.Amount).ShouldBe(held.Amount);
        lines.Sum(line => (line.BaseCredit ?? line.Credit).Amount - (line.BaseDebit ?? line.Debit).Amount)
            .ShouldBe(held.IsZero ? 0 : (deposit.NetBaseOf(held) ?? held).Amount);
        books.Invoices.SelectMany(invoice => invoice.Deposits).Select(one => (one.Key, one.Value.Amount, one.Value.Net))
            .ShouldBe(deposit.Uses.Select(one => (one.Key, one.Value.Amount, one.Value.Net)), ignoreOrder: true);
        (deposit.Used + deposit.Credited <= deposit.Issued!.Total).ShouldBeTrue();
        (deposit.Available >= none && deposit.NetLeft >= none && deposit.TaxLeft >= none).ShouldBeTrue();
        books.Invoices.SelectMany(invoice => invoice.Deposits.Values)
            .ShouldAllBe(one => one.Net + one.Tax == one.Amount);
    });

    /// <summary>
    /// INV-06: a chargeback takes over what its invoice is less by, and nothing else moves: of revenue and tax, in both
    /// currencies, nothing is left by the two, and together they are never credited by more than was billed.
    /// </summary>
    [Fact]
    public void INV06_a_chargeback_is_a_transfer_and_neither_a_sale_nor_tax() => RandomBooks.ForAll(Histories, books =>
    {
        foreach (var day in books.Postings
            .Where(posting => posting.Entry.Kind is PostingKinds.ChargedBack or PostingKinds.ChargebackReversed)
            .GroupBy(posting => (posting.Entry.PostingDate, posting.Entry.Kind)))
        {
            var lines = day.SelectMany(posting => posting.Entry.Lines)
                .Where(line => line.Role is not (AccountRoles.ExchangeGain or AccountRoles.ExchangeLoss));
            foreach (var account in lines.GroupBy(line => (line.Account, line.Role)))
            {
                account.Sum(line => line.Debit.Amount - line.Credit.Amount).ShouldBe(0);
                var inBase = account.Sum(line => (line.BaseDebit?.Amount ?? 0) - (line.BaseCredit?.Amount ?? 0));
                if (day.Key.Kind == PostingKinds.ChargedBack || account.Key.Role != AccountRoles.Receivables)
                    inBase.ShouldBe(0);
            }
        }

        foreach (var part in books.Invoices.SelectMany(invoice => invoice.Chargebacks.Values))
        {
            var taken = books.Invoices.Single(one => one.Issued!.Number == part.Number);
            (taken.IsVoid, taken.Issued!.Total).ShouldBe((false, part.Amount));
            Money.Sum(part.Taxes.Select(tax => tax.Net), books.Currency).ShouldBe(taken.Issued.Net);
            Money.Sum(part.Taxes.Select(tax => tax.Tax), books.Currency).ShouldBe(taken.Issued.Tax);
        }

        foreach (var invoice in books.Invoices)
        {
            (invoice.ChargedBack <= invoice.Issued!.Total).ShouldBeTrue();
            foreach (var tax in invoice.TaxesLeft)
                (tax.Net.IsNegative || tax.Tax.IsNegative).ShouldBeFalse();
            books.Invoices.Count(one => one is { IsChargeback: true, IsVoid: false }
                && one.Issued!.Chargeback!.InvoiceNumber == invoice.Issued.Number)
                .ShouldBe(invoice.Chargebacks.Count);
        }
    });

    /// <summary>
    /// I-10, D-38: told by the calendar alone, after the story. Whatever was posted, on whichever way, is on a day that
    /// was open then; <see cref="RandomBooks"/> looks at each event as it happens.
    /// </summary>
    [Fact]
    public void I10_d38_no_way_leads_into_a_closed_period() => RandomBooks.ForAll(Histories, books =>
    {
        books.Postings.Count.ShouldBeGreaterThan(0);
        books.PostedIntoClosedDays.ShouldBeEmpty();
    });

    /// <summary>D-33: a moved due date takes all of an item along: no bucket holds the opposite of another.</summary>
    [Fact]
    public void D33_no_due_date_of_an_invoice_ever_owes_less_than_nothing() => RandomBooks.ForAll(Histories, books =>
    {
        var asOf = books.Today.AddDays(-books.Log.Count % 60);
        books.Postings.Where(posting => posting.Entry.PostingDate <= asOf).SelectMany(posting => posting.Movements)
            .Where(movement => movement.DocumentNumber.StartsWith("INV", StringComparison.Ordinal))
            .GroupBy(movement => (movement.DocumentId, movement.Installment, movement.DueDate))
            .ShouldAllBe(item => item.Sum(movement => movement.Amount.Amount) >= 0);
    });

    private static decimal Gain(JournalEntry entry) => entry.Lines
        .Where(line => line.Role is AccountRoles.ExchangeGain or AccountRoles.ExchangeLoss)
        .Sum(line => line.BaseCredit!.Value.Amount - line.BaseDebit!.Value.Amount);
}
