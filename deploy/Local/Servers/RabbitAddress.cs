namespace OrderToCash.Local.Servers;

/// <summary>
/// Where RabbitMQ is: AMQP, and the management API where it is known. As text: both, parted by a blank.
/// </summary>
internal sealed record RabbitAddress(Uri Amqp, Uri? Management)
{
    public static RabbitAddress Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(new Uri(parts[0]), parts.Length > 1 ? new Uri(parts[1]) : null);
    }

    public override string ToString() =>
        Management is null ? Amqp.AbsoluteUri : $"{Amqp.AbsoluteUri} {Management.AbsoluteUri}";
}
