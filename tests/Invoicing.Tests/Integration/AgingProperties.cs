using System.Globalization;
using Dapper;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>I-23, D-36: the report itself over random books, against what the documents say is open.</summary>
[Collection("Read models")]
public class AgingProperties(InvoicingApp app)
{
    private const int Histories = 1_000;

    /// <summary>So that the days are long ago and the sum of the ledger is asked.</summary>
    private const int DaysBack = 400;

    private static readonly int[][] Buckets = [[30, 60, 90, 120], [7], [1, 2, 3], [10, 45, 400]];

    private const string Insert =
        "insert into subledger_entries (event_id, installment, invoice_id, invoice_number, legal_entity, " +
        "customer_id, due_date, posting_date, kind, currency, amount, base_amount, recorded_at, document_date) " +
        "values (@EventId, @Installment, @DocumentId, @DocumentNumber, @Entity, @Customer, @DueDate, " +
        "@PostingDate, @Kind, @Currency, @Amount, @Base, now(), @DocumentDate)";

    [Fact]
    public async Task I23_buckets_are_what_the_documents_say_is_open_and_hold_all_of_it()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        var stories = RandomBooks.Stories.Generator.Sample(Histories, 25).Index().ToList();
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        try
        {
            foreach (var (index, story) in stories)
                await AgesAsync(connection, RandomBooks.Of(story), index, customer);
        }
        finally
        {
            // No event stands behind these rows, so a rebuild would not find them again.
            await connection.ExecuteAsync("delete from subledger_entries where legal_entity like 'AGE%'");
        }
    }

    private async Task AgesAsync(NpgsqlConnection connection, RandomBooks books, int index, Guid customer)
    {
        var asOf = books.Postings.Select(posting => posting.Entry.PostingDate).Append(books.Today).Max();
        await connection.ExecuteAsync(Insert, Rows(books, $"AGE{index}", customer));
        var ends = Buckets[index % Buckets.Length];
        foreach (var how in new[] { "", "&knownAt=2999-01-01T00:00:00Z" })
        {
            var report = await app.Client.ReadAsync(
                $"/v1/reports/aging?legalEntity=AGE{index}&by=currency&asOf={asOf.AddDays(-DaysBack):O}" +
                $"&buckets={string.Join(',', ends)}{how}");
            List<decimal> amounts = report["rows"].GetArrayLength() == 0
                ? [.. Enumerable.Repeat(0m, ends.Length + 2)]
                : [.. report["rows"][0].GetProperty("amounts").EnumerateObject()
                    .Select(bucket => decimal.Parse(bucket.Value.GetString()!, CultureInfo.InvariantCulture))];

            amounts.ShouldBe(Expected(books, asOf, ends));
            amounts.Sum().ShouldBe(books.Open.Sum(item => item.Open.Amount));
        }
    }

    /// <summary>By what is open of each document, not by what moved it.</summary>
    private static List<decimal> Expected(RandomBooks books, DateOnly asOf, int[] ends)
    {
        var amounts = new List<decimal>(new decimal[ends.Length + 2]);
        foreach (var ((_, _, dueDate), open, _) in books.Open)
        {
            var days = asOf.DayNumber - dueDate.DayNumber;
            var bucket = days <= 0 ? 0 : 1 + ends.Count(end => days > end);
            amounts[bucket] += open.Amount;
        }

        return amounts;
    }

    private static List<object> Rows(RandomBooks books, string entity, Guid customer) =>
    [
        .. books.Postings.SelectMany((posting, index) => posting.Movements.Select(movement => (object)new
        {
            EventId = Some.NewId(),
            movement.Installment,
            movement.DocumentId,
            movement.DocumentNumber,
            Entity = entity,
            Customer = customer,
            DueDate = movement.DueDate.AddDays(-DaysBack),
            PostingDate = posting.Entry.PostingDate.AddDays(-DaysBack),
            posting.Entry.Kind,
            Currency = movement.Amount.Currency.Code,
            Amount = movement.Amount.Amount,
            Base = movement.Base?.Amount,
            DocumentDate = movement.DocumentDate.AddDays(-DaysBack),
        })),
    ];
}
