using System.Runtime.CompilerServices;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.ExchangeRates;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Invoicing.InvoiceDrafts;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>
/// What leaves the service for each stored event, word for word. A difference is a change for every consumer; when it
/// is meant, run with UPDATE_APPROVED=1 and look at what changed.
/// </summary>
public class PublishedContracts
{
    private static readonly JsonSerializerOptions Indented = new(Json.Wire) { WriteIndented = true };

    [Fact]
    public void Are_as_approved()
    {
        var text = string.Join("\n", Story().SelectMany(Published)) + "\n";

        var approved = Path.Combine(Folder(), "PublishedContracts.approved.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_APPROVED") == "1")
            File.WriteAllText(approved, text);
        text.ShouldBe(File.ReadAllText(approved).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Stored_events_read_back_as_they_were_written()
    {
        var options = new EventStoreOptions();
        InvoicingService.Store(options);
        foreach (var stored in Story())
        {
            var json = JsonSerializer.Serialize(stored.Data, stored.Data.GetType(), Json.Stored);
            var read = JsonSerializer.Deserialize(json, stored.Data.GetType(), Json.Stored);
            JsonSerializer.Serialize(read, stored.Data.GetType(), Json.Stored).ShouldBe(json);
            options.Types.Types.Keys.ShouldContain(stored.Data.GetType());
        }

        options.Types.Types.Keys
            .Where(type => type.Namespace!.StartsWith("OrderToCash.Invoicing", StringComparison.Ordinal))
            .Except(Story().Select(stored => stored.Data.GetType())).ShouldBeEmpty("Events that the story lacks");
    }

    private static IEnumerable<StoredEvent> Story()
    {
        var invoice = Invoice.Initial;
        var wish = Some.Wish(Some.Line()) with { OrderReference = "SO-77", PurchaseOrder = "PO-9" };
        object[] events =
        [
            new LegalEntityDefined(
                "US01", "Acme Inc.", "USD", "US", "America/Chicago", TaxRounding.Line, LedgerAccounts.Standard),
            .. CustomerDecider.Register(
                Customer.Initial,
                new RegisterCustomer(
                    "US01", "Globex", "USD", "US", "NET 30", Contacts: [new Contact("Ana Ruiz", "legal")]),
                "CUST-US01-000001").Events,
            .. CustomerStory(),
            .. Then(_ => InvoiceDecider.Issue(Invoice.Initial, Some.Draft(wish), "INV-US01-2026-000001")),
            .. Then(now => InvoiceDecider.ApplyPayment(now, Some.Payment(1, 70), Some.Context)),
            .. Then(now => InvoiceDecider.ApplyPayment(now, Some.Payment(2, 700), Some.Context)),
            .. Then(now => InvoiceDecider.ReversePayment(now, Some.Reversal(1, 70), Some.Context)),
            .. Then(now => InvoiceDecider.ReversePayment(now, Some.Reversal(3, 5), Some.Context)),
            .. Then(now => AdjustmentDecider.MarkDisputed(now, 1, Some.Usd(5), Some.Context)),
            .. Then(now => AdjustmentDecider.Reschedule(
                now, [new NewDueDate(1, Some.Today.AddDays(60))], "payment-plan 7", Some.Context)),
            .. Then(now => AdjustmentDecider.WriteOff(now, Some.Allocation(8), 1, Some.Usd(20), Some.Context)),
            .. Then(now => AdjustmentDecider.Recover(now, Some.Allocation(9), 1, Some.Usd(20), Some.Context)),
            .. ChargeStory(),
            .. CreditStory(Then),
            .. Then(now => InvoiceDecider.Void(now, "duplicate", Some.Context)),
            .. DepositStory(),
            .. PeriodStory(),
            new ExchangeRatesSet("US01", "USD", "daily", Some.Today, [new CurrencyRate("EUR", 1.0842m)]),
            new ApprovalMatrixDefined(
                "US01", [new("write-off", 100, 0), new("write-off", null, 2, "controller", "cfo")], "USD"),
            .. CollectionsStory(),
            .. ScheduleStory(),
            .. StatementStory(),
            .. OverdueDecider.Mark(
                Invoice.Evolve(Invoice.Initial, Some.Issued()), Some.Today.AddDays(31)).Events,
            .. ErasureStory(),
            new StatementCalendarDefined(
                "US01", [new AutomaticCycle(StatementCycle.Monthly, 2, true, Some.Today)]),
            new AutomationPolicyDefined(
                "US01", new AutomaticCharges(5, Some.Today), new AutomaticSettlement(3),
                ReturnedPayments: new ReturnedPaymentFees([new ReturnedPaymentFee("nsf", "USD", 35, Some.Today)])),
            new FinanceChargesBilled("US01", "2026-11", Some.Today.AddDays(12), 7, 0),
            .. DeliveryStory(),
            .. LateDiscountStory(),
            new ReferenceRateSet("US01", "ecb", new DateOnly(2026, 7, 1), 2.15m),
            .. ChargebackStory(),
            .. RefundStory(),
            .. DraftStory(),
            .. SmallBalanceStory.Events,
        ];
        return events.Select((data, index) => new StoredEvent
        {
            Id = Ids.From("event", $"{index}"),
            StreamId = Ids.From("stream", "1"),
            Version = index + 1,
            Type = "",
            Data = data,
            At = Some.Now,
            Metadata = new EventMetadata("ana", Reason: "duplicate"),
        });

        IReadOnlyList<object> Then(Func<Invoice, Decision> decide)
        {
            var decided = decide(invoice).Events;
            invoice = decided.Aggregate(invoice, Invoice.Evolve);
            return decided;
        }
    }

    private static IEnumerable<object> DraftStory() =>
    [
        new InvoiceDraftSaved("US01", Some.Wish(Some.Line()), Some.Usd(100), Some.Usd(0), Some.Usd(100)),
        new InvoiceDraftIssued(Ids.From("invoice", "7"), "INV-US01-2026-000007"),
        new InvoiceDraftDiscarded(),
    ];

    /// <summary>Refunds of credit memos that cash application pays: kept, approved, not covered any more.</summary>
    private static IEnumerable<object> RefundStory() =>
    [
        new CreditMemoRefundApproved(
            Ids.From("refund", "1"), "CM-US01-2026-000001", Some.Customer, "US01", Some.Usd(4), "E2E-77", "1090",
            "goods came back", "ana", "mia", new RefundPayee("Globex", "DE89370400440532013000")),
        new InvoiceCreditRefundUncovered(Ids.From("refund", "1"), "US01", Some.Usd(4), "It bounced."),
        new CreditMemoPayoutReserved(Ids.From("refund", "2"), Some.Usd(4), "E2E-78"),
    ];

    /// <summary>What Collections asked for: done, waiting, refused.</summary>
    private static IEnumerable<object> CollectionsStory()
    {
        var request = new CollectionsRequest(
            Ids.From("request", "1"), Ids.From("dispute", "1"), CollectionsRequest.DisputeCredit, 4);
        return
        [
            request.CarriedOut(Ids.From("memo", "1"), "CM-US01-2026-000001", Ids.From("application", "1")),
            request.Awaited(Some.Allocation(7)), request.Overtaken(),
        ];
    }

    /// <summary>A schedule that is agreed, billed, refused, paused, resumed and ended.</summary>
    private static IEnumerable<object> ScheduleStory()
    {
        var plan = new BillingPlan(Milestones: [new Milestone("go-live", "Go-live", [Some.Line()])]);
        var schedule = BillingSchedule.Initial;
        Func<BillingSchedule, Decision>[] story =
        [
            now => BillingScheduleDecider.Create(now, new BillingScheduleCreated(
                "US01", Some.Customer, "Platform", "USD", plan, null, "SO-77", null, null,
                Ids.From("agreement", "1"))),
            now => BillingScheduleDecider.Reach(now, "go-live", Some.Today),
            now => BillingScheduleDecider.Refuse(
                now, now.Next()!, Some.Today, InvoiceRefusals.UnknownCustomer(Some.Customer)),
            BillingScheduleDecider.Pause, BillingScheduleDecider.Resume,
            now => BillingScheduleDecider.Bill(
                now, now.Next()!, Some.Receipt, "INV-US01-2026-000003", Some.Usd(100)),
            now => BillingScheduleDecider.End(now, Some.Today.AddDays(30)),
        ];
        foreach (var decide in story)
        {
            var e = decide(schedule).Events.ShouldHaveSingleItem();
            schedule = BillingSchedule.Evolve(schedule, e);
            yield return e;
        }
    }

    /// <summary>A run, and a statement of it that is sent, comes back, and is sent once more in vain.</summary>
    private static IEnumerable<object> StatementStory()
    {
        var (from, to) = (Some.Today.AddDays(-30), Some.Today);
        return
        [
            new LetterheadDefined(
                "US01", "Acme Inc.", new PostalAddress("1 Main St", City: "Austin"), Logo: new Logo("image/png", [1])),
            new StatementRunStarted("US01", StatementCycle.Monthly, from, to, Some.Now, true),
            new StatementPrepared(
                Some.Receipt, "US01", Some.Customer, from, to, Some.Now, "en", StatementChannel.Email, true, true,
                [Some.Usd(25)], "e3b0c442"),
            new StatementSent("98fc1c14", "9afbf4c8"),
            new StatementDeliveryReported(DeliveryState.Bounced, Some.Now, "no such mailbox"),
            new StatementAddressFailed("US01", Some.Customer, Ids.From("contact", "1"), "no such mailbox", 4),
            new StatementSendAgain(), new StatementNotSent("The mail server is away.", Some.Now.AddMinutes(5)),
            new StatementRunFinished(1, 0, 2, 0),
        ];
    }

    /// <summary>An invoice that is mailed, comes back, and is mailed once more in vain: told to nobody.</summary>
    private static IEnumerable<object> DeliveryStory() =>
    [
        new DocumentMailQueued(
            Some.Receipt, DeliveredDocument.Invoice, "INV-US01-2026-000001", "US01", Some.Customer, Some.Allocation(1)),
        new DocumentMailSent("en", "9afbf4c8"),
        new DocumentDeliveryReported(DeliveryState.Bounced, Some.Now, "no such mailbox"),
        new DocumentMailSendAgain(), new DocumentMailFailed("The contact has no mail address."),
    ];

    /// <summary>A period that is closed in two steps and opened again.</summary>
    private static IEnumerable<object> PeriodStory()
    {
        var (calendar, period) = (AccountingCalendar.Initial, Period.Parse("2026-10"));
        var soft = PeriodDecider.SoftClose(calendar, "US01", period, ["controller"], Some.Today).Events[0];
        calendar = AccountingCalendar.Evolve(calendar, soft);
        var closed = PeriodDecider.Close(
            calendar, "US01", period, Some.Today,
            [new CloseCheck("journals-balanced", CloseCheckResult.Passed, "12 entries")]).Events[0];
        calendar = AccountingCalendar.Evolve(calendar, closed);
        return [soft, closed, .. PeriodDecider.Reopen(calendar, "US01", period).Events, .. RevaluationStory(period)];
    }

    private static IReadOnlyList<object> RevaluationStory(Period period)
    {
        var revalued = new RevaluedPeriod("US01", period, Currency.Of("USD"), OtherAccounts.Standard);
        var rate = new ExchangeRate(ExchangeRate.MonthEnd, period.LastDay, 1.2m);
        var closing = new Dictionary<string, ExchangeRate> { ["EUR"] = rate };
        var (found, _) = RevaluationDecider.Find(revalued, [new ForeignItem("EUR", 100, 110)], closing, Some.Today);
        LossRate[] rates = [new(0.3m, 0), new(10.6m)];
        var buckets = AllowanceDecider.Find(rates, [15_000, 1_000], Currency.Of("USD"));
        return
        [
            .. RevaluationDecider.Post(Revaluation.Initial, revalued, found!, AccountingCalendar.Initial).Events,
            .. MonthEndPolicy.Initial.Define(
                new MonthEndPolicyDefined("US01", rates, new FluxThreshold(10, 5_000))).Events,
            .. AllowanceDecider.Post(
                "US01", period, buckets, Some.Usd(100), OtherAccounts.Standard, AccountingCalendar.Initial,
                Some.Today).Events,
        ];
    }

    /// <summary>A deposit that is netted, and held again.</summary>
    private static IReadOnlyList<object> DepositStory()
    {
        var issued = (InvoiceIssued)InvoiceDecider.Issue(
            Invoice.Initial,
            Some.Draft(Some.Wish(Some.Line(1, 20, 0.08m, account: "2450"))) with { Kind = DocumentKind.Deposit },
            "DEP-US01-2026-000001").Events[0];
        object[] past = [issued, .. InvoiceDecider.ApplyPayment(
            Invoice.Evolve(Invoice.Initial, issued), Some.Payment(4, 21.60m), Some.Context).Events];
        var (id, invoice) = (Ids.From("deposit", "1"), Invoice.Evolve(Invoice.Initial, Some.Issued(25)));
        var settlement = new DepositSettlement(
            id, past.Aggregate(Invoice.Initial, Invoice.Evolve), Some.Context, () => Some.Allocation(10));
        var applied = settlement.Settle(Some.Receipt, invoice, Some.Usd(10.80m)).Events;
        var unapplied = settlement.TakeBack(
            Some.Receipt, Some.Allocation(10), applied.Aggregate(invoice, Invoice.Evolve)).Events;
        return [.. past, .. applied, .. unapplied, .. settlement.DepositEvents];
    }

    /// <summary>What another system billed is paid less a discount that comes too late, as agreed.</summary>
    private static IEnumerable<object> LateDiscountStory()
    {
        var account = Some.Account(terms: "SPLIT 50%@30:2/10 50%@60") with
        {
            Discounts = new DiscountClause(DiscountAllowance.EarnedAndUnearned, 5, 30),
        };
        var wish = Some.Wish(Some.Line(1, 200, 0)) with { ExternalNumber = "RE-4711" };
        var issued = (InvoiceIssued)InvoiceDecider.Issue(
            Invoice.Initial, Some.Draft(wish, account), "INV-US01-2026-000009").Events[0];
        var late = Some.Payment(9, 98) with { ValueDate = Some.Today.AddDays(12), Discount = Some.Usd(2) };
        return [issued, .. InvoiceDecider.ApplyPayment(
            Invoice.Evolve(Invoice.Initial, issued), late, Some.Context).Events];
    }

    /// <summary>Part of an invoice is charged back, and that is taken back.</summary>
    private static IReadOnlyList<object> ChargebackStory()
    {
        var (id, none) = (Ids.From("chargeback", "1"), Some.Usd(0));
        var issued = Invoice.Evolve(Invoice.Initial, Some.Issued());
        var origin = new ChargebackOrigin(Some.Receipt, issued.Issued!.Number, 1, "Pallet missing", "DN-7");
        var (draft, _) = ChargebackDraft.Of(
            issued, new ChargeBack(origin, Some.Usd(40), null, none), CustomerStatus.Active, Some.Context);
        var (chargeback, onInvoice) = draft!.Issue(id, "DM-US01-2026-000002");
        var (reversal, _) = ChargebackReversal.Of(
            Invoice.Evolve(issued, onInvoice), id, Invoice.Evolve(Invoice.Initial, chargeback), none, Some.Context);
        return [chargeback, onInvoice, reversal!.OnInvoice, reversal.OnChargeback];
    }

    /// <summary>A debit memo that is waived in part, and asked for again.</summary>
    private static IEnumerable<object> ChargeStory()
    {
        var issued = Some.Issued(25) with { Number = "DM-US01-2026-000001", Kind = DocumentKind.DebitMemo };
        var memo = Invoice.Evolve(Invoice.Initial, issued);
        var waived = ChargeDecider.Waive(memo, Some.Allocation(5), 1, Some.Usd(10), Some.Context).Events[0];
        memo = Invoice.Evolve(memo, waived);
        return [issued, waived, .. ChargeDecider.Reinstate(memo, Some.Allocation(6), 1, null, Some.Context).Events];
    }

    /// <summary>A customer that is changed, suspended, reinstated, terminated, merged and unmerged.</summary>
    private static IEnumerable<object> CustomerStory()
    {
        var other = new CustomerRegistered(
            "CUST-US01-000002", "US01", "Globex", null, "USD", "US", "en", null, "NET 30", null, []);
        var survivor = Customer.Evolve(Customer.Initial, other);
        var customer = Customer.Evolve(Customer.Initial, other with { Number = "CUST-US01-000003" });
        Func<Customer, Decision>[] story =
        [
            now => AccountDecider.Change(now, new ChangeCustomer(
                "Globex Corp", "US", "EOM", Contacts: [new Contact("Ana Ruiz", "legal")],
                Clauses: new ContractClauses(
                    25, null, null, 5, true, "C-7", 5, new DiscountClause(DiscountAllowance.None),
                    new StatutoryClause("ecb", 8, [new StatutorySum(0, 40)])),
                Statements: new StatementPreference(Group: true),
                BillTo: new BillTo(TaxId: "US12-3456789", RegistrationNumber: "DE 4471209"))),
            now => AccountDecider.SuspendFor(now, Ids.From("recommendation", "suspend")), AccountDecider.Reinstate,
            now => AccountDecider.Merge(now, Some.Customer, survivor), AccountDecider.Unmerge, AccountDecider.Terminate,
        ];
        foreach (var decide in story)
        {
            var events = decide(customer).Events;
            customer = events.Aggregate(customer, Customer.Evolve);
            yield return events.ShouldHaveSingleItem();
        }

        yield return new DuplicateAbsorbed(Some.Customer, "CUST-US01-000003");
        yield return new DuplicateReleased(Some.Customer, "CUST-US01-000003");
    }

    /// <summary>One of two contacts is erased.</summary>
    private static IReadOnlyList<object> ErasureStory()
    {
        var (ana, bo) = (Ids.From("contact", "ana"), Ids.From("contact", "bo"));
        var customer = Customer.Evolve(Customer.Initial, new CustomerRegistered(
            "CUST-US01-000004", "US01", "Globex", null, "USD", "US", "en", null, "NET 30", null,
            [new Contact("Ana Ruiz", "legal", Id: ana), new Contact("Bo", "accounts-payable", Id: bo)]));
        return AccountDecider.Erase(customer, ana).Events;
    }

    /// <summary>A credit memo for the invoice, applied, taken back, paid back, returned and cancelled.</summary>
    private static IEnumerable<object> CreditStory(
        Func<Func<Invoice, Decision>, IReadOnlyList<object>> then)
    {
        var wish = new IssueCreditMemo(Some.Customer, CreditReason.Price, [Some.Line(1, 10, 0)], Some.Receipt);
        var (draft, _) = CreditMemoDraft.Of(wish, Some.Account(), Some.Issued(), Some.Now);
        var issued = CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001");
        var (memoId, application) = (Ids.From("memo", "1"), Ids.From("application", "1"));
        var source = new CreditSource(memoId, issued.Number, issued.CreditDate);
        var credited = then(now => AdjustmentDecider.Credit(now, source, issued.Total));
        var settlement = new CreditSettlement(
            memoId, CreditMemo.Evolve(CreditMemo.Initial, issued), Some.Context, () => application);
        var applied = then(now => settlement.Settle(Some.Receipt, now));
        var unapplied = then(now => settlement.TakeBack(application, now));
        var refund = Ids.From("refund", "1");
        var refunded = CreditRefundDecider.Refund(
            settlement.Memo, refund, Some.Usd(4), "E2E-77", null, Some.Context).Events;
        var paid = refunded.Aggregate(settlement.Memo, CreditMemo.Evolve);
        return
        [
            issued, .. credited, .. applied, .. unapplied, .. settlement.MemoEvents,
            new CreditMemoRefundReserved(refund, Some.Usd(4), "E2E-77"),
            new CreditMemoRefundReleased(refund, Some.Usd(4)),
            .. then(_ => Decision.Of(new InvoiceCreditRefundReserved(memoId, refund, Some.Usd(4)))),
            .. then(_ => Decision.Of(new InvoiceCreditRefundReleased(refund, Some.Usd(4)))),
            .. refunded, .. then(_ => Decision.Of(new InvoiceCreditRefunded(memoId, refund, Some.Usd(4)))),
            .. CreditRefundDecider.Return(paid, refund, Some.Context).Events,
            .. then(_ => Decision.Of(new InvoiceCreditRefundReturned(refund, Some.Usd(4)))),
            .. CreditMemoDecider.Void(settlement.Memo, "duplicate", Some.Context).Events,
            .. then(_ => Decision.Of(new InvoiceCreditWithdrawn(memoId, issued.Total))),
            new InvoiceCorrected(memoId, Ids.From("invoice", "2"), "INV-US01-2026-000002"),
        ];
    }

    private static IEnumerable<string> Published(StoredEvent stored)
    {
        var messages = InvoicingPublications.Create().Of(stored).ToList();
        yield return $"## {stored.Data.GetType().Name}{(messages.Count == 0 ? ": nothing" : "")}";
        foreach (var message in messages)
        {
            yield return $"{ContractName.Of(message.Contract.GetType()).RoutingKey} {message.MessageId}";
            yield return JsonSerializer.Serialize(message.Contract, message.Contract.GetType(), Indented);
        }
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
