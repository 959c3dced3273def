using System.Text.Json;
using Npgsql;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Statements.Formats.Csv;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Says how a file is to be read: by the format that is named, else by what its beginning tells.</summary>
internal static class FileReadings
{
    /// <summary>How to read the file, or a refusal that says what is read.</summary>
    public static async Task<FileReading> OfAsync(
        NpgsqlDataSource database, ReceivedFile file, string? format, string? mapping, string? bankAccount,
        CancellationToken cancellation)
    {
        if (file.Size == 0)
            throw Refuse(StatementImportRefusals.EmptyFile, "The file is empty.");
        var named = StatementFormats.Named(format);
        if (format is { Length: > 0 } && named is null)
        {
            throw Refuse(StatementImportRefusals.UnsupportedFormat,
                $"The format '{RecordReader.Excerpt(format)}' is not read; these are: {StatementFormats.Names}.");
        }

        var told = named
            ?? (mapping is { Length: > 0 } ? StatementFormat.Csv : StatementFormats.Detect(file.Head.Span));
        return told switch
        {
            StatementFormat.X12Remittance => throw Refuse(StatementImportRefusals.UnsupportedFormat,
                "An X12 820 is remittance advice and moves no money; post it to /v1/remittances."),
            StatementFormat.Csv => new FileReading(
                StatementFormat.Csv, await MappingAsync(database, mapping, isRemittance: false, cancellation),
                Named(bankAccount)),
            { } known => new FileReading(known, null, Named(bankAccount)),
            _ => throw Refuse(StatementImportRefusals.UnsupportedFormat,
                $"The file's beginning tells no format that is read; these are: {StatementFormats.Names}. " +
                "A CSV needs the name of its mapping (?mapping=)."),
        };
    }

    private static string? Named(string? bankAccount) => string.IsNullOrWhiteSpace(bankAccount) ? null : bankAccount;

    /// <summary>The mapping of this name, which reads advices or statements as is wanted.</summary>
    public static async Task<CsvMapping> MappingAsync(
        NpgsqlDataSource database, string? code, bool isRemittance, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(code))
        {
            throw Refuse(StatementImportRefusals.UnknownMappingCode,
                "A CSV is read by a mapping: name one (?mapping=) that is kept under /v1/csv-mappings.");
        }

        await using var command = database.CreateCommand("select mapping::text from csv_mappings where code = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code });
        if (await command.ExecuteScalarAsync(cancellation) is not string json)
        {
            throw Refuse(StatementImportRefusals.UnknownMappingCode,
                $"There is no CSV mapping '{RecordReader.Excerpt(code)}'.");
        }

        var mapping = JsonSerializer.Deserialize<CsvMapping>(json, Json.Stored)!;
        return mapping.IsRemittance == isRemittance ? mapping : throw Refuse(
            StatementImportRefusals.UnknownMappingCode, isRemittance
                ? $"The CSV mapping '{code}' reads statements, not remittance advice."
                : $"The CSV mapping '{code}' reads remittance advice; post the file to /v1/remittances.");
    }

    private static StatementRefused Refuse(string code, string detail) =>
        new(new StatementRefusal(code, 0, "file", detail));
}
