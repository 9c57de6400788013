/** Metadata keys of Nest. */
export const PARAMETER_TYPES = 'design:paramtypes';
export const DECLARED_PARAMETERS = 'self:paramtypes';
export const DECLARED_PROPERTIES = 'self:properties_metadata';
export const INJECTABLE = '__injectable__';
export const SCOPE = 'scope:options';
