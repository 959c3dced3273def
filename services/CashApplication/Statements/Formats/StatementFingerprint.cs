using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// What an entry says, as a hash: the same for the same entry of an account in any statement. Twins, equal in
/// everything, have the same; they are told apart by counting.
/// </summary>
/// <param name="Text">SHA-256 in lower-case hexadecimal.</param>
/// <param name="Number">The first half of it, to count by.</param>
public readonly record struct EntryFingerprint(string Text, UInt128 Number)
{
    private const int NumberDigits = 32;

    /// <summary>The number of a fingerprint's text.</summary>
    public static UInt128 NumberOf(string text) => UInt128.Parse(
        text.AsSpan(0, NumberDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>
/// The identity of what a statement says, apart from how and when the file was made: the same statement sent again, in
/// another file or with other white space, has the same fingerprint. Give it every entry once, in order.
/// </summary>
public sealed class StatementFingerprint : IDisposable
{
    private const char FieldEnd = '\u001f';
    private const char GroupEnd = '\u001e';

    private BankStatement _statement;
    private readonly IncrementalHash _content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly StringBuilder _text = new();

    /// <summary>Starts with what the statement says before its entries.</summary>
    public StatementFingerprint(BankStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        _statement = statement;
    }

    /// <summary>The content hash of a statement with its entries.</summary>
    public static string Of(BankStatement statement)
    {
        using var fingerprint = new StatementFingerprint(statement);
        foreach (var entry in statement.Entries)
            fingerprint.Add(entry);
        return fingerprint.ContentHash();
    }

    /// <summary>Takes in the next entry and gives its own fingerprint.</summary>
    public EntryFingerprint Add(StatementEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        WriteEntry(entry);
        var hash = Take();
        _content.AppendData(hash);
        _content.AppendData([(byte)entry.Status]);
        return new EntryFingerprint(
            Convert.ToHexStringLower(hash), BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>
    /// SHA-256 of the entries and the statement, in lower-case hexadecimal. <paramref name="complete"/> is the
    /// statement with what stands behind its entries, for formats that close with the balance.
    /// </summary>
    public string ContentHash(BankStatement? complete = null)
    {
        _statement = complete ?? _statement;
        Write(_statement.StatementId);
        Write(_statement.SequenceNumber);
        Write(_statement.AccountIdentification);
        Write(_statement.From);
        Write(_statement.To);
        Write(_statement.Opening);
        Write(_statement.Closing);
        _content.AppendData(Take());
        return Convert.ToHexStringLower(_content.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();

    /// <summary>All but its place in the statement and its status: it may be pending first and booked later.</summary>
    private void WriteEntry(StatementEntry entry)
    {
        // What a notification tells is on a statement too, and is another line there.
        if (_statement.Kind == StatementKind.Notification)
            Write("notification");
        Write(_statement.AccountIdentification);
        Write(entry.Amount);
        Write(entry.Movement.ToString());
        Write(entry.IsReversal ? "reversal" : null);
        Write(_statement.BookingDateOf(entry));
        Write(entry.ValueDate);
        Write(entry.BankReference);
        Write(entry.TransactionCode);
        Write(entry.AdditionalInformation);
        foreach (var details in entry.Details)
            WriteDetails(details);
    }

    private void WriteDetails(TransactionDetails details)
    {
        Write(details.Amount);
        Write(details.Movement?.ToString());
        Write(details.EndToEndId);
        Write(details.TransactionId);
        Write(details.MandateId);
        Write(details.BankReference);
        Write(details.CheckNumber);
        Write(details.Debtor.Name);
        Write(details.Debtor.Account);
        Write(details.Creditor.Name);
        Write(details.Creditor.Account);
        Write(details.ReturnReason);
        foreach (var remittance in details.StructuredRemittance)
        {
            Write(remittance.CreditorReference?.Value);
            Write(remittance.RemittedAmount);
            foreach (var document in remittance.Documents)
                Write(document.Number);
            _text.Append(GroupEnd);
        }

        foreach (var line in details.UnstructuredRemittance)
            Write(line);
        _text.Append(GroupEnd);
    }

    private void Write(BankTransactionCode? code)
    {
        Write(code?.Domain);
        Write(code?.Family);
        Write(code?.SubFamily);
        Write(code?.Proprietary);
    }

    private void Write(StatementBalance? balance)
    {
        Write(balance?.Amount);
        Write(balance?.Date);
    }

    private void Write(Money? money) => Write(money?.ToString());

    private void Write(DateOnly? date) => Write(date?.ToString("O", CultureInfo.InvariantCulture));

    private void Write(string? text) => _text.Append(text).Append(FieldEnd);

    private byte[] Take()
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(_text.ToString()));
        _text.Clear();
        return hash;
    }
}
