using System.Text.Json;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>A receipt as lists and reports read it.</summary>
public sealed record ReceiptRow(
    Guid Id, string Number, string LegalEntity, string Method, string? BankAccount, DateOnly ValueDate,
    DateOnly PostingDate, Guid? ImportId, string? PayerName, string? PayerAccount, string? Reference, Guid? CustomerId,
    string? IdentifiedBy, string Currency, decimal Amount, decimal Unapplied, decimal Pending, decimal Applied,
    decimal Reversed, string Status, long Version, decimal Refunded, decimal WrittenOff, decimal OnAccount,
    string? Aside, string? AsideDetail, DateTime? AsideSince, DateOnly? AsideDue, string? Owner,
    string? CheckNumber)
{
    /// <summary>The columns of <c>receipts</c> that make a row.</summary>
    public const string Columns =
        "id, number, legal_entity, method, bank_account, value_date, posting_date, import_id, payer_name, " +
        "payer_account, reference, customer_id, identified_by, currency, amount, unapplied, pending, applied, " +
        "reversed, status, version, refunded, written_off, on_account, aside, aside_detail, aside_since, aside_due, " +
        "owner, check_number";

    /// <summary>
    /// Which of <c>receipts</c> wait for matching to look at them again by itself; what people decided about is told by
    /// the receipt alone (<see cref="Receipt.MayBeMatchedAgain"/>).
    /// </summary>
    public const string WaitsForMatching =
        "unapplied > on_account and status <> 'reversed' " +
        $"and coalesce(aside, '') not in ('{AsideReasons.Rejected}', '{AsideReasons.TakenBack}') and {IsNotHeld}";

    /// <summary>
    /// True of all <c>receipts</c> but those that nothing is decided about, since the effects of their file are held.
    /// Once armed a file is never held again.
    /// </summary>
    public const string IsNotHeld =
        $"(aside is distinct from '{AsideReasons.Held}' or exists (select 1 from statement_imports held_file " +
        $"where held_file.id = import_id and held_file.effects = '{StatementEffects.Armed}'))";
}

/// <summary>Keeps <c>receipts</c>: where their money is, and why it waits.</summary>
public sealed class ReceiptProjection : Projection
{
    private const string Touch = "update receipts set touched = true where id = any($1)";

    public ReceiptProjection()
        : base("receipts", "receipts")
    {
        On<ReceiptRecorded>(
            "insert into receipts (id, number, legal_entity, method, bank_account, booking_date, value_date, " +
            "posting_date, import_id, payer_name, payer_account, reference, identified_by, customer_id, currency, " +
            "amount, unapplied, pending, applied, reversed, status, version, recorded_at, check_number, payer_key, " +
            "is_entered, processor_reference, own_reference, charges, payer_bank) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, " +
            "$19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Number)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Method)
                .Column(e => e.Data.BankAccount)
                .Column(e => e.Data.Source?.BookingDate ?? e.Data.PostingDate)
                .Column(e => e.Data.ValueDate)
                .Column(e => e.Data.PostingDate)
                .Column(e => e.Data.Source?.ImportId)
                .Column(e => e.Data.Payer.Name)
                .Column(e => e.Data.Payer.Account)
                .Column(e => e.Data.Remittance.Count == 0 ? null : string.Join(' ', e.Data.Remittance))
                .Column(e => e.Data.IdentifiedBy)
                .Column(e => e.Data.Balance.CustomerId)
                .Column(e => e.Data.Balance.Amount.Currency.Code)
                .Column(e => e.Data.Balance.Amount.Amount)
                .Column(e => e.Data.Balance.Unapplied.Amount)
                .Column(e => e.Data.Balance.Pending.Amount)
                .Column(e => e.Data.Balance.Applied.Amount)
                .Column(e => e.Data.Balance.Reversed.Amount)
                .Column(e => e.Data.Balance.Status.Kebab())
                .Column(e => e.Version)
                .Column(e => e.At)
                .Column(e => e.Data.CheckNumber)
                .Column(e => PartyName.TellingKey(e.Data.Payer.Name))
                .Column(e => e.Data.Source is null)
                .Column(e => e.Data.ProcessorReference)
                .Column(e => e.Data.Source?.OwnReference)
                .Column(e => e.Data.Charges?.Amount.Amount ?? 0m)
                .Column(e => e.Data.Payer.Bank));
        Moves<ReceiptIdentified>(e => e.Balance);
        Moves<ReceiptUnidentified>(e => e.Balance);
        Moves<AllocationsRequested>(e => e.Balance);
        Moves<AllocationConfirmed>(e => e.Balance);
        Moves<AllocationRejected>(e => e.Balance);
        Moves<AllocationReversalsRequested>(e => e.Balance);
        Moves<AllocationReversed>(e => e.Balance);
        Moves<ReceiptReversed>(e => e.Balance);
        Moves<ReceiptPartlyReversed>(e => e.Balance);
        Moves<PutOnAccount>(e => e.Balance);
        Moves<TakenOffAccount>(e => e.Balance);
        Moves<CashTransferred>(e => e.Balance);
        Moves<RefundReserved>(e => e.Balance);
        Moves<RefundReleased>(e => e.Balance);
        Moves<RefundPaidOut>(e => e.Balance);
        Moves<RefundCameBack>(e => e.Balance);
        Moves<RestWrittenOff>(e => e.Balance);
        Moves<RestWriteOffReversed>(e => e.Balance);
        On<ReceiptIdentified>(
            "update receipts r set identified_by = s.teller from unnest($1, $2) as s (id, teller) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.IdentifiedBy));
        On<ReceiptUnidentified>(
            "update receipts set identified_by = null where id = any($1)", rows => rows.Column(e => e.StreamId));
        OfOneMoney();
        WhyItWaits();
        WhatPeopleTouch();
    }

    /// <summary>What was entered and what a statement brought, where the two are the same money.</summary>
    private void OfOneMoney()
    {
        On<ReceiptCleared>(
            "update receipts r set bank_account = s.account, booking_date = s.day, import_id = s.import, " +
            "payer_name = s.name, payer_account = s.payer, payer_key = s.key, reference = s.reference, " +
            "check_number = coalesce(s.check_number, r.check_number), is_entered = true, own_reference = s.own, " +
            "payer_bank = s.bank, version = s.version " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) " +
            "as s (id, account, day, import, name, payer, key, reference, check_number, own, version, bank) " +
            "where r.id = s.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.BankAccount)
                .Column(e => e.Data.Source.BookingDate)
                .Column(e => e.Data.Source.ImportId)
                .Column(e => e.Data.Payer.Name)
                .Column(e => e.Data.Payer.Account)
                .Column(e => PartyName.TellingKey(e.Data.Payer.Name))
                .Column(e => e.Data.Remittance.Count == 0 ? null : string.Join(' ', e.Data.Remittance))
                .Column(e => e.Data.CheckNumber)
                .Column(e => e.Data.Source.OwnReference)
                .Column(e => e.Version)
                .Column(e => e.Data.Payer.Bank));
        On<ReceiptAnnounced>(
            "update receipts r set is_announced = r.is_announced or not s.was_pending, " +
            "processor_reference = coalesce(s.processor, r.processor_reference), payer_name = s.name, " +
            "payer_account = s.payer, payer_key = s.key, reference = s.reference, check_number = s.check_number, " +
            "payer_bank = s.bank, version = s.version from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) " +
            "as s (id, processor, name, payer, key, reference, check_number, was_pending, version, bank) " +
            "where r.id = s.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.ProcessorReference)
                .Column(e => e.Data.Payer.Name)
                .Column(e => e.Data.Payer.Account)
                .Column(e => PartyName.TellingKey(e.Data.Payer.Name))
                .Column(e => e.Data.Remittance.Count == 0 ? null : string.Join(' ', e.Data.Remittance))
                .Column(e => e.Data.CheckNumber)
                .Column(e => e.Data.WasPending)
                .Column(e => e.Version)
                .Column(e => e.Data.Payer.Bank));

        // What was recorded in error may be recorded anew; what those have that were entered is not its any more.
        OnEach<ReceiptReversed, Guid>(
            e => e.Data.Reason == "error" ? [e.StreamId] : [],
            "update receipts set processor_reference = null where id = any($1)", rows => rows.Column(id => id));
        OnEach<ReceiptReversed, Guid>(
            e => e.Data.Entered is null ? [] : [e.StreamId],
            "update receipts set import_id = null where id = any($1)", rows => rows.Column(id => id));
    }

    private void WhyItWaits()
    {
        On<ReceiptSetAside>(
            "update receipts r set aside = s.reason, aside_detail = s.detail, aside_since = case " +
            "when r.aside = s.reason and r.aside_due is not distinct from s.due then r.aside_since else s.since end, " +
            "aside_due = s.due, version = s.version, queue_owner = s.owner, owner = case " +
            "when r.owner is null or r.owner is not distinct from r.queue_owner then s.owner else r.owner end " +
            "from unnest($1, $2, $3, $4, $5, $6, $7) " +
            "as s (id, reason, detail, since, due, version, owner) where r.id = s.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Reason)
                .Column(e => e.Data.Detail)
                .Column(e => e.At)
                .Column(e => e.Data.DueOn)
                .Column(e => e.Version)
                .Column(e => e.Data.QueueOwner));
        On<ReceiptAssigned>(
            "update receipts r set owner = coalesce(s.owner, r.queue_owner), version = s.version " +
            "from unnest($1, $2, $3) as s (id, owner, version) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.Owner).Column(e => e.Version));
        On<SettlementFeeBooked>(
            "update receipts r set version = s.version from unnest($1, $2) as s (id, version) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        On<AllocationsWithdrawn>(
            "update receipts r set version = s.version from unnest($1, $2) as s (id, version) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
    }

    /// <summary>What matching did alone is what no person had a hand in.</summary>
    private void WhatPeopleTouch()
    {
        Touches<AllocationsRequested>(e => !e.IsAutomatic);
        Touches<ReceiptIdentified>(e => e.IdentifiedBy == "person");
        Touches<ReceiptUnidentified>(_ => true);
        Touches<AllocationsWithdrawn>(e => e.ByPerson);
        Touches<AllocationReversalsRequested>(e => e.ByPerson);
        Touches<PutOnAccount>(e => !e.IsAutomatic);
        Touches<TakenOffAccount>(_ => true);
        Touches<CashTransferred>(_ => true);
        Touches<RefundReserved>(_ => true);
        Touches<RestWrittenOff>(e => !e.IsAutomatic);
        Touches<RestWriteOffReversed>(_ => true);
    }

    private void Touches<TEvent>(Func<TEvent, bool> isPerson) => OnEach<TEvent, Guid>(
        e => isPerson(e.Data) ? [e.StreamId] : [], Touch, rows => rows.Column(id => id));

    private void Moves<TEvent>(Func<TEvent, ReceiptBalance> balance) => On<TEvent>(
        "update receipts r set customer_id = s.customer, unapplied = s.unapplied, pending = s.pending, " +
        "applied = s.applied, reversed = s.reversed, refunded = s.refunded, written_off = s.written_off, " +
        "on_account = s.on_account, status = s.status, version = s.version, shares = s.shares from unnest($1, $2, " +
        "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as s (id, customer, unapplied, pending, applied, reversed, " +
        "refunded, written_off, on_account, status, version, shares) where r.id = s.id",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => balance(e.Data).CustomerId)
            .Column(e => balance(e.Data).Unapplied.Amount)
            .Column(e => balance(e.Data).Pending.Amount)
            .Column(e => balance(e.Data).Applied.Amount)
            .Column(e => balance(e.Data).Reversed.Amount)
            .Column(e => balance(e.Data).TotalRefunded.Amount)
            .Column(e => balance(e.Data).TotalWrittenOff.Amount)
            .Column(e => balance(e.Data).AllOnAccount.Amount)
            .Column(e => balance(e.Data).Status.Kebab())
            .Column(e => e.Version)
            .JsonColumn(e => balance(e.Data).Shares is { Count: > 0 } shares
                ? JsonSerializer.Serialize(shares, Json.Stored)
                : null));
}
