using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>Makes lines and receipts of the entries of one statement that has its place. Pure.</summary>
/// <param name="importId">The file.</param>
/// <param name="booked">The statement as it was imported.</param>
/// <param name="header">The statement as its reader tells it before its entries.</param>
/// <param name="history">What the account has already.</param>
/// <param name="today">For entries without any day.</param>
public sealed class LineMaker(
    Guid importId, BookedStatement booked, BankStatement header, LineHistory.StatementLines history, DateOnly today)
{
    private const int MaxText = 500;

    private readonly Dictionary<string, int> _pending = new(StringComparer.Ordinal);

    /// <summary>
    /// The line of the next entry, and the receipts that it becomes; or payments where it is pending and would become
    /// receipts.
    /// </summary>
    public (StatementLine Line, IReadOnlyList<IncomingReceipt> Receipts, IReadOnlyList<IncomingReceipt> Pending) Make(
        StatementEntry entry, EntryFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var kind = EntryClassification.Of(entry, booked.Kind, booked.DetailByFile);
        var counts = EntryClassification.Books(kind);

        // Only lines that move the balance are counted, here and in the history: one that is pending first is booked
        // later, and is then new.
        var own = counts ? history.Count(fingerprint) : 1;
        var before = history.Before(fingerprint);
        if (counts && booked.LeavesOutKnown && own <= before)
            kind = LineClass.AlreadyBooked;
        var occurrence = booked.LeavesOutKnown ? own : before + own;
        var key = string.Create(CultureInfo.InvariantCulture, $"{fingerprint.Text}#{occurrence}");
        var bookingDate = header.BookingDateOf(entry) ?? booked.To ?? today;
        var valueDate = header.ValueDateOf(entry) ?? bookingDate;
        var source = new ReceiptSource(importId, booked.StatementId, entry.Ordinal, 0, bookingDate);
        IncomingReceipt[] receipts = kind == LineClass.Receipt
            ? [.. EntryReceipts.Of(entry, booked.BankAccount, key, valueDate, source)]
            : [];
        IncomingReceipt[] pending = kind == LineClass.Pending && IsMoneyOnceBooked(entry)
            ? [.. EntryReceipts.Of(entry, booked.BankAccount, PendingKey(entry), valueDate, source)]
            : [];
        var line = new StatementLine(
            entry.Ordinal, key, bookingDate, valueDate, entry.SignedAmount, kind, TextOf(entry),
            Array.ConvertAll(receipts, receipt => receipt.ReceiptId),
            kind switch
            {
                LineClass.Return => ReturnsOf(entry),
                LineClass.PaymentReturned => OursAgain(entry, isBesideReceipts: false),
                LineClass.Receipt when EntryReceipts.IsToldInFull(entry)
                    && entry.Details.Any(details => details.ReturnReason is not null) =>
                    OursAgain(entry, isBesideReceipts: true),
                _ => null,
            },
            kind == LineClass.Other ? OrderedPayments.Of(entry) : null,
            NoticeOfChange.AccountOf(entry));
        return (line, receipts, pending);
    }

    private bool IsMoneyOnceBooked(StatementEntry entry) =>
        EntryClassification.Of(entry with { Status = EntryStatus.Booked }, booked.DetailByFile) == LineClass.Receipt;

    /// <summary>
    /// The same in every report that shows the entry: the bank's reference, else all that it says; and which of its
    /// like it is.
    /// </summary>
    private string PendingKey(StatementEntry entry)
    {
        var name = entry.BankReference is { } reference && EntryReceipts.SaysSomething(reference)
            ? $"pending/{reference}/{entry.Amount}"
            : $"pending/{Told(entry)}";
        var own = _pending[name] = _pending.GetValueOrDefault(name) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{name}#{own}");
    }

    /// <summary>
    /// What an entry says of itself, wherever it stands: reports of several days show it, and may leave it undated.
    /// What is read of entries since, or read otherwise, is none of it, so that one is the same to all releases.
    /// </summary>
    private static string Told(StatementEntry entry) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(
            entry with
            {
                Ordinal = 0,
                Line = 0,
                Status = EntryStatus.Pending,
                EntryReference = null,
                OrderReference = null,
                Charges = entry.KeyCharges,
                Details =
                [
                    .. entry.Details.Select(details => details with
                    {
                        OrderReference = null,
                        Charges = details.KeyCharges,
                    }),
                ],
            },
            Json.Wire)));

    /// <summary>
    /// Payments of ours that come back in a credit: each where all are told, else the entry as a whole. In a credit
    /// that is customers' money too, those that have a reason to come back; the others are its receipts.
    /// </summary>
    private static ReturnedPayment[] OursAgain(StatementEntry entry, bool isBesideReceipts)
    {
        if (!EntryReceipts.IsToldInFull(entry))
            return [Return(entry, entry.Details is [var only] ? only : null, entry.Details, entry.Amount, 0)];
        return
        [
            .. entry.Details.Select((details, index) => (details, index))
                .Where(pair => !isBesideReceipts || pair.details.ReturnReason is not null)
                .Select(pair => Return(
                    entry, pair.details, [pair.details], pair.details.Amount!.Value, pair.index + 1)),
        ];
    }

    /// <summary>The payments that go back: each that tells its amount, else the entry as a whole.</summary>
    private static ReturnedPayment[] ReturnsOf(StatementEntry entry)
    {
        if (entry.Details.Count <= 1 || entry.Details.Any(details => details.Amount is not { IsPositive: true }))
            return [Return(entry, entry.Details is [var only] ? only : null, entry.Details, entry.Amount, 0)];
        return [.. entry.Details.Select((details, index) =>
            Return(entry, details, [details], details.Amount!.Value, index + 1))];
    }

    private static ReturnedPayment Return(
        StatementEntry entry, TransactionDetails? payment, IReadOnlyList<TransactionDetails> told, Money amount,
        int detail)
    {
        var code = payment?.ReturnReason ?? entry.Details.Select(details => details.ReturnReason).FirstOrDefault()
            ?? ReturnReasons.In(TextOf(entry));

        // What comes back was paid by the one who now is told as creditor or, with some banks, still as debtor.
        var account = payment?.Debtor.Account ?? payment?.Creditor.Account;
        return new ReturnedPayment(
            detail, amount, ReturnReasons.ReasonOf(code, EntryClassification.IsCard(entry)), code,
            EntryReceipts.References(entry, told), account?.ToUpperInvariant(), payment?.CheckNumber,
            payment is null ? null : EntryReceipts.OwnReference(entry, payment));
    }

    private static string? TextOf(StatementEntry entry)
    {
        var lines = entry.Details.SelectMany(details => details.UnstructuredRemittance)
            .Prepend(entry.AdditionalInformation)
            .OfType<string>();
        var text = string.Join(' ', lines);
        return text.Length == 0 ? null : text.Length > MaxText ? text[..MaxText] : text;
    }
}
