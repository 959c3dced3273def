using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Rows under headings, for spreadsheets. Cells are texts, whole numbers, decimals, dates, instants, booleans or null.
/// </summary>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">Cells in the order of the headings.</param>
public sealed record Table(IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows)
{
    private const int MaxDepth = 4;

    /// <summary>
    /// What it is and what it sums to. In a workbook that is a sheet of its own, behind the rows, so that these stay
    /// rows for whoever reads them by machine; CSV leaves it out. Null for nothing.
    /// </summary>
    public TableSummary? Summary { get; init; }

    private static readonly ConcurrentDictionary<Type, Column[]> Known = new();

    /// <summary>
    /// The rows of a list as a table: one column per field, parts of parts as <c>total.amount</c>, lists inside a row
    /// as JSON.
    /// </summary>
    public static Table Of<T>(IEnumerable<T> items)
    {
        var columns = Known.GetOrAdd(typeof(T), type => [.. Flatten(type, "", value => value, 0)]);
        return new Table(
            [.. columns.Select(column => column.Name)],
            items.Select(item => (IReadOnlyList<object?>)Array.ConvertAll(columns, column => column.Read(item))));
    }

    private static IEnumerable<Column> Flatten(Type type, string prefix, Func<object?, object?> read, int depth)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0))
        {
            var name = prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            object? Value(object? row) => read(row) is { } part ? property.GetValue(part) : null;
            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (kind == typeof(Money))
            {
                yield return new Column($"{name}.amount", row => (Value(row) as Money?)?.Amount);
                yield return new Column($"{name}.currency", row => (Value(row) as Money?)?.Currency.Code);
            }
            else if (IsCell(kind))
            {
                yield return new Column(name, row => Cell(Value(row)));
            }
            else if (typeof(IEnumerable).IsAssignableFrom(kind) || kind == typeof(JsonElement) || depth == MaxDepth)
            {
                yield return new Column(name, row =>
                    Value(row) is { } value ? JsonSerializer.Serialize(value, value.GetType(), Json.Wire) : null);
            }
            else
            {
                foreach (var part in Flatten(kind, $"{name}.", Value, depth + 1))
                    yield return part;
            }
        }
    }

    private static bool IsCell(Type type) =>
        type == typeof(string) || type.IsPrimitive || type.IsEnum || type == typeof(decimal) || type == typeof(Guid)
        || type == typeof(DateOnly) || type == typeof(DateTimeOffset) || type == typeof(DateTime)
            || type == typeof(Currency);

    private static object? Cell(object? value) => value switch
    {
        Enum name => Json.NameOf(name),
        Currency currency => currency.Code,
        Guid id => id.ToString(),
        _ => value,
    };

    private sealed record Column(string Name, Func<object?, object?> Read);
}

/// <summary>What a table is, and what it sums to.</summary>
/// <param name="Title">In words, with its day.</param>
/// <param name="Totals">A few rows.</param>
public sealed record TableSummary(string Title, Table Totals);
