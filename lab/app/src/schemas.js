// What a caller may send. Nothing is converted or dropped silently: a wrong type is a 400.
import { CATEGORIES } from './arbitration.js';

const TAG = '^[A-Za-z0-9._:/-]{1,128}$';
const id = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };
// PostgreSQL text can't hold NUL.
const line = (maxLength) => ({ type: 'string', maxLength, pattern: '^[^\\u0000]*$' });

export const idParams = { type: 'object', required: ['id'], properties: { id } };

export const rangeQuery = {
  type: 'object',
  properties: {
    limit: { type: 'string', pattern: '^([1-9][0-9]?|100)$' },
    offset: { type: 'string', pattern: '^[0-9]{1,9}$' },
  },
};

export const rangeOf = ({ limit = '20', offset = '0' }) => ({
  limit: Number(limit),
  offset: Number(offset),
});

export const policyBody = {
  type: 'object',
  required: ['name', 'category'],
  additionalProperties: false,
  properties: {
    name: { ...line(200), minLength: 1 },
    category: { enum: CATEGORIES },
    description: line(2000),
  },
};

export const processBody = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string', maxLength: 100_000, pattern: '\\S' },
    policyId: id,
    parameters: {
      type: 'object',
      properties: {
        maxTokens: { type: 'integer', minimum: 1, maximum: 100_000 },
        temperature: { type: 'number', minimum: 0, maximum: 2 },
        topP: { type: 'number', minimum: 0, maximum: 1 },
        tag: { type: 'string', pattern: TAG },
      },
    },
  },
};

export const sessionBody = {
  type: 'object',
  required: ['participants'],
  additionalProperties: false,
  properties: {
    participants: { type: 'array', minItems: 2, items: { type: 'string', pattern: TAG } },
  },
};

export const probeHeaders = {
  type: 'object',
  properties: { 'x-cam-probe': { type: 'string', pattern: TAG } },
};
